"""The steps of a run. Shells (CLI, DAGs) call these and hold no logic of their own.

ingest   plan -> fetch_source -> extract_source -> collect     from sources
         ingest_paths                                          from files
fold     sketches -> links -> stories -> records
"""
