"""Engines for the relational part, all behind Ibis: DuckDB is the embedded default."""
