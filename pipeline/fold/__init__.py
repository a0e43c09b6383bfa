"""Folding: which articles are versions of one story, what was taken from where.

    tokens -> kernel   text to word hashes, in compiled code
    sketch             MinHash bands and passage keys per article
    candidates         pairs that share a key
    verify             what those pairs truly share, with the aligned spans
    relate             what one is to the other, and why
    stories            who belongs together, versions, lineage

Functions from Arrow tables to Arrow tables; nothing here knows of HTTP, Airflow or the command line.
"""
