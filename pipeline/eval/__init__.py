"""Evaluation: how well Wirefold does on texts whose truth is known, measured through the same doors users take."""
