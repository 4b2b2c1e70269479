"""Examples in the description of the API. A test sends them to a real server."""

BATCH = {
    "events": [
        {
            "uid": "5f0c8a52-0d9b-4c5e-8d43-0a3c5f4f6b11",
            "kind": "app.purchase",
            "occurred_at": "2026-03-01T10:15:00+01:00",
            "identity": {"email": "ann@example.com"},
            "value": 24.9,
            "currency": "EUR",
            "props": {"title": "Receipt 4711", "till": 3},
        },
        {
            "uid": "b3c0a5de-7f2f-4f0e-9a55-3f6a0e4f2d02",
            "kind": "social.commented",
            "occurred_at": "2026-03-01T09:00:00Z",
            "identity": {"external_id": "fan-1001"},
            "props": {"title": "Spring teas"},
        },
        {
            "uid": "0d5b8c36-3b8e-4a3c-8a52-6d6f4c0f7a03",
            "kind": "order.confirmed",
            "occurred_at": "2026-03-01T09:00:00Z",
            "identity": {"external_id": "fan-1001"},
        },
    ]
}
RESULTS = {
    "results": [
        {"uid": "5f0c8a52-0d9b-4c5e-8d43-0a3c5f4f6b11", "status": "stored", "reason": None},
        {"uid": "b3c0a5de-7f2f-4f0e-9a55-3f6a0e4f2d02", "status": "duplicate", "reason": None},
        {
            "uid": "0d5b8c36-3b8e-4a3c-8a52-6d6f4c0f7a03",
            "status": "quarantined",
            "reason": "this kind comes from the server",
        },
    ]
}
