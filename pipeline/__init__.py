"""Wirefold: fetch wire stories, fold their copies into one story with its lineage, publish Parquet.

The way of the data, and the folder for each step::

    sources -> fetch -> extract -> articles -> fold (sketches, links, stories) -> records
    sources/   fetch/   extract/   lake/       fold/                             run/publish

Everything under ``cli``, ``demo`` and ``dags/`` is a shell over ``run``, which strings the steps together.
"""

__version__ = "0.1.0"
