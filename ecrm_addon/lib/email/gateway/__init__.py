"""Incoming mail told apart: what kind it is, whom it is about, which mail it answers.

Delivery reports (RFC 3464) and the free text that older servers write instead, complaints
(RFC 5965), receipts (RFC 8098), automatic answers (RFC 3834) and answers of people.
``report.read`` is the entry.
"""
