"""Folding: which articles are versions of one story, what was taken from where.

    tokens -> kernel   text to word hashes, in compiled code
    sketch             MinHash bands and passage keys per article
    candidates         pairs that share a key
    texts, lookup      texts taken apart once, and which of their words and shingles another one has
    verify, slots      what those pairs truly share, with the aligned spans, and what stands in the place of what;
     and sides         what of each text that is
    measures, forest   that in terms a reader would use, and what readers' judgements make of it
    relate, explain    what one is to the other, and why
    stories            who belongs together, versions, lineage
    align, draws       passages with swapped words, and the sources of composites
    furniture          lines that recur over a site, left out of all that
    trace, diff,       where a text comes from, what changed: for people
    matching, words

Functions from Arrow tables to Arrow tables; nothing here knows of HTTP, Airflow or the command line.
"""
