"""What customers of the story asked, and what became of it.

A conversation is a list of lines: who wrote ("c" the customer, "a" the agent, "n" the agent for
colleagues only), how many hours after the question, and what.
"""

#: What is open, and a few that were solved.
#: key -> list of (number, days ago, subject, question, what else)
REQUESTS = {
    "oliver": [
        (
            "drawer",
            60,
            "A drawer that jams",
            "The upper drawer stops half way. I took it out and put it back: no better.",
            {
                "order": 3,
                "tags": ("product",),
                "stage": "solved",
                "lines": [
                    ("a", 3, "Is there a small white stop on the left rail? Push it back, please."),
                    ("c", 26, "There was, and now it runs. Thank you!"),
                ],
                "closed": 27,
                "csat": (4, "Good help."),
            },
        ),
        (
            "missing",
            1,
            "Two screws are missing",
            "The bag has six screws, the leaflet says eight.",
            {"order": 3, "tags": ("delivery",), "stage": "new", "priority": "2"},
        ),
    ],
    "joel": [
        (
            "screws",
            40,
            "Which screws for the cabinet?",
            "My wall is old brick. Which plugs hold the large cabinet?",
            {
                "tags": ("product",),
                "stage": "solved",
                "lines": [("a", 2, "Take plugs of 10 mm; the leaflet shows where.")],
                "closed": 20,
                "csat": (5, "Fast and friendly."),
            },
        ),
        (
            "invoice",
            2,
            "Invoice to another address",
            "Can you write my company's address on the last invoice?",
            {
                "order": 8,
                "tags": ("invoice",),
                "stage": "progress",
                "agent": "admin",
                "lines": [
                    ("a", 2, "Of course. What is the name of the company?"),
                    ("c", 5, "Willis Home Works, 7 Bay Road."),
                    ("n", 6, "Accounting has to cancel the old one first."),
                ],
                "waits": 5,
            },
        ),
    ],
    "maya": [
        (
            "screens",
            4,
            "Do the screens come in green?",
            "I would take two more of them in green.",
            {
                "order": 14,
                "tags": ("product",),
                "stage": "waiting",
                "agent": "demo",
                "lines": [("a", 3, "In spring they do. Shall we put two aside for you?")],
            },
        ),
    ],
    "paolo": [
        (
            "late",
            150,
            "Delivery came ten days late",
            "Nobody told me. I took a day off for nothing.",
            {
                "order": 8,
                "tags": ("delivery",),
                "stage": "solved",
                "priority": "2",
                "lines": [("a", 30, "I am sorry. The carrier lost it; we did not notice in time.")],
                "closed": 80,
                "csat": (2, "An excuse, and nothing else."),
            },
        ),
    ],
    "hana": [
        (
            "refund",
            3,
            "When does the money come?",
            "You have had the workplace back for two weeks.",
            {
                "order": 2,
                "tags": ("invoice", "return"),
                "stage": "progress",
                "agent": "demo",
                "priority": "3",
                "lines": [("a", 30, "It was sent on Monday and takes three days.")],
                "source": "email",
            },
        ),
    ],
    "victor": [
        (
            "coupon",
            0.2,
            "My coupon does not work",
            "It says that the code is not valid. It came with your mail of last week!",
            {"tags": ("order",), "stage": "new", "priority": "1"},
        ),
    ],
    "rosa": [
        (
            "ten",
            6,
            "Ten screens until the fair?",
            "We need ten more until the 20th. Is that possible?",
            {
                "order": 4,
                "tags": ("order", "delivery"),
                "stage": "progress",
                "agent": "admin",
                "priority": "2",
                "lines": [
                    ("a", 5, "I ask the warehouse and come back to you today."),
                    ("n", 6, "Eight are there; two come on Thursday."),
                ],
            },
        ),
    ],
    "priya": [
        (
            "plan",
            12,
            "Can you plan our office?",
            "Ten people, two rooms. We have a drawing.",
            {
                "tags": ("order",),
                "stage": "waiting",
                "agent": "admin",
                "lines": [("a", 4, "With pleasure. Please send the drawing.")],
                "source": "website",
            },
        ),
    ],
    "grace": [
        (
            "care",
            22,
            "How do I clean the lamp?",
            "There is a stain on the shade.",
            {
                "order": 1,
                "tags": ("product",),
                "stage": "solved",
                "agent": "demo",
                "lines": [("a", 6, "A damp cloth and no soap, please.")],
                "closed": 7,
                "csat": (5, False),
            },
        ),
    ],
    "zoe": [
        (
            "stop",
            205,
            "Please no more mails",
            "I do not want your newsletter.",
            {
                "stage": "solved",
                "tags": (),
                "lines": [("a", 1, "You are off the list.")],
                "closed": 2,
            },
        ),
    ],
}

#: What many others asked, again and again: (subject, tag, priority)
USUAL = [
    ("Where is my order?", "delivery", "1"),
    ("The box arrived damaged", "delivery", "2"),
    ("Can I send one back?", "return", "1"),
    ("The invoice has the wrong name", "invoice", "0"),
    ("Is the chair good for tall people?", "product", "1"),
    ("Change the delivery address", "order", "2"),
    ("The lamp does not go on", "product", "1"),
]
#: Of these: hours to the answer, hours to the solution, satisfaction (None: no answer)
OUTCOMES = [
    (1, 3, 5), (2, 20, 4), (5, 26, None), (1, 2, 5), (30, 75, 2), (3, 4, None), (2, 50, 4),
    (4, 28, 3), (1, 24, 5), (24, 27, None), (2, 5, 4),
]  # fmt: skip
SOURCES = ["portal", "website", "email", "portal", "chat"]
#: How many, and every how many days one came
USUAL_COUNT, USUAL_EVERY = 44, 2

TAGS = {
    "delivery": ("Delivery", 4),
    "order": ("Order", 7),
    "invoice": ("Invoice", 3),
    "product": ("Product", 10),
    "return": ("Return", 2),
}

#: shortcut -> (title, text)
CANNED = {
    "soon": (
        "We look into it",
        "Hello {customer},\n\nthank you for your message. I look into it and write to you "
        "today.\n\n{agent}",
    ),
    "delivery": (
        "Order is on its way",
        "Hello {customer},\n\nyour order {order} has left our warehouse and arrives within three "
        "working days.\n\n{agent}",
    ),
    "return": (
        "How to send something back",
        "Hello {customer},\n\nplease put the number {number} into the parcel and send it to the "
        "address on the delivery slip. The money is back within a week.\n\n{agent}",
    ),
    "solved": (
        "Does it work now?",
        "Hello {customer},\n\ndoes everything work now? Just answer this mail if it does not.\n\n"
        "{agent}",
    ),
}
