"""Polite HTTP in, WARC out.

``client`` decides (robots, pace, redirects, retries); ``exchange`` does one request and its bounded response; ``guard``
connects only to public addresses; ``warc`` and ``foreign`` keep and read the bytes.
"""
