"""The lake: tables from contracts, atomic commits, reading, checking.

Everything lives under one root. Consumers see only ``<table>/day=YYYY-MM-DD/*.parquet`` and ``raw/…``; what the lake
needs to keep itself straight lives in ``_wirefold/`` (manifests, run ledgers, staging, locks), which Parquet readers
skip.
"""

from pipeline.lake.contract import Contract, contract, contracts
from pipeline.lake.datafile import INTERNAL, DataFile
from pipeline.lake.lake import Lake
from pipeline.lake.transaction import TableWriter, Transaction

__all__ = ["INTERNAL", "Contract", "DataFile", "Lake", "TableWriter", "Transaction", "contract", "contracts"]
