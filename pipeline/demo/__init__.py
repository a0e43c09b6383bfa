"""The sample wire: little news sites, kept as files in ``data/`` and served on loopback.

``content`` reads the files, ``pages`` and ``feeds`` turn them into responses, ``server`` answers requests.
"""
