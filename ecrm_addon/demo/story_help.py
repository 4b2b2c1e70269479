"""The help pages of the story's shop, which sells furniture, and what customers did there."""

#: key -> (name, description)
CATEGORIES = {
    "shipping": ("Shipping", "When it comes, and where it is."),
    "returns": ("Returns and Refunds", "Sending back, exchanging, and your money."),
    "payment": ("Orders and Payment", "Paying, invoices and changing an order."),
    "account": ("Your Account", "Logging in, your level, and your data."),
}

#: key -> (category, question, keywords, short answer, paragraphs of the answer). A paragraph that
#: is a list is shown as one; one that begins with "# " is a heading.
ARTICLES = {
    "where": (
        "shipping",
        "Where is my parcel?",
        "tracking, delivery, lost, late, not arrived",
        "Open the order in your account: its delivery shows where the parcel is.",
        [
            "As soon as a parcel leaves us, you get a mail with its tracking number. The same "
            "number stands in your account, under Your Orders.",
            [
                "Small goods come within two to four working days.",
                "Desks and cabinets come by a forwarder, who calls you to agree on a day.",
            ],
            "# If it does not come",
            "Has the tracking not changed for five working days? Then ask us: we look for the "
            "parcel, and send the goods again if it is lost.",
        ],
    ),
    "cost": (
        "shipping",
        "What does delivery cost?",
        "shipping fee, postage, free delivery, price",
        "5.90 for small goods, 39 for furniture by forwarder, free from an order of 250.",
        [
            "The fee is shown in the cart before you order. It depends on the largest piece, not "
            "on how many there are.",
            "Gold and Platinum customers pay no delivery for small goods, whatever the order.",
        ],
    ),
    "floor": (
        "shipping",
        "Do you carry furniture to my floor?",
        "stairs, lift, upstairs, assembly, carry",
        "Yes, for 25 in all, up to the fifth floor; assembly is not included.",
        [
            "Choose Delivery to your floor at the checkout. The forwarder comes with two people. "
            "They take the packaging back with them if you ask for it.",
            "Please measure stairs and doors before: a desk of two metres does not turn in each "
            "staircase.",
        ],
    ),
    "abroad": (
        "shipping",
        "Do you deliver abroad?",
        "international, foreign country, customs, EU",
        "To all countries of the European Union, and to Switzerland, Norway and Great Britain.",
        [
            "Within the European Union there are no customs. Elsewhere the carrier collects duty "
            "and tax at the door; what they come to depends on your country.",
        ],
    ),
    "return": (
        "returns",
        "How do I return a product?",
        "send back, withdrawal, exchange, label",
        "Within 30 days, for free: print the label in your account and hand the parcel in.",
        [
            "You may send back anything within 30 days, without giving a reason.",
            [
                "Open the order in your account and choose Return.",
                "Print the label and put it on the parcel.",
                "Hand the parcel in at any shop of the carrier, and keep the receipt.",
            ],
            "Furniture that came by a forwarder is collected: ask us for a day.",
        ],
    ),
    "refund": (
        "returns",
        "When do I get my money back?",
        "refund, repayment, reimbursement",
        "Within five working days after the goods are with us, the way you paid.",
        [
            "We look at what came back within two working days, and then return the money. Your "
            "bank may take two or three more days until you see it.",
            "What you paid for the delivery is returned, too, if the whole order comes back.",
        ],
    ),
    "damaged": (
        "returns",
        "Something arrived damaged or is missing",
        "broken, defect, scratch, complaint, incomplete, warranty",
        "Send us a picture within 14 days: we send a new piece or the missing part for free.",
        [
            "Please keep the packaging until it is settled, and write to us with the number of the "
            "order and a picture. You need not send anything back before you hear from us.",
            "Our guarantee is five years on furniture and two years on everything else.",
        ],
    ),
    "ways": (
        "payment",
        "How can I pay?",
        "credit card, bank transfer, invoice, instalments",
        "By card, by bank transfer, or as a company by invoice within 30 days.",
        [
            "Cards are charged when the goods leave us, not before. A bank transfer has to reach "
            "us within seven days; we reserve the goods until then.",
        ],
    ),
    "invoice": (
        "payment",
        "Where do I find my invoice?",
        "bill, receipt, PDF, tax",
        "In your account, under Your Invoices; it also came by mail with the goods.",
        [
            "Is the address of the invoice wrong, or a tax number missing? Ask us within 14 days, "
            "and we write a new one.",
        ],
    ),
    "change": (
        "payment",
        "Can I change or cancel my order?",
        "wrong address, wrong colour, add a product, stop",
        "As long as it is not packed, which takes us about two hours on working days.",
        [
            "Write to us at once, with the number of the order. Is it packed already? Then accept "
            "it, and send back what you do not want: that is free, too.",
        ],
    ),
    "password": (
        "account",
        "I forgot my password",
        "log in, login, sign in, reset",
        "Choose Reset Password on the login page: a mail with a link comes within a minute.",
        [
            "Nothing came? Look into the spam folder, and try the other addresses that you use. "
            "Ordered as a guest? Then there is no account yet; sign up with the same address, and "
            "your orders are in it.",
        ],
    ),
    "level": (
        "account",
        "How do I get a higher level?",
        "loyalty, points, gold, platinum, bonus, tier",
        "By what you order within twelve months; your account shows what is missing.",
        [
            "Open Loyalty in your account. You see your level, until when it is yours, and what is "
            "missing to the next one. Returned goods do not count.",
        ],
    ),
}
#: A draft, and what is to be read again: key -> days ago that its date passed.
DRAFTS = ["abroad"]
OVERDUE = {"cost": 12, "ways": 3}

#: article -> (yes, no, what was missing)
VOTES = {
    "where": (41, 9, ["It does not say what to do when the neighbour took it"]),
    "cost": (18, 4, []),
    "floor": (7, 1, []),
    "return": (36, 3, []),
    "refund": (14, 11, ["How long does it take for a credit card?", "and if I paid by voucher"]),
    "damaged": (12, 2, []),
    "ways": (9, 0, []),
    "invoice": (21, 2, ["my invoice is not there yet"]),
    "change": (6, 8, ["Cannot find how to change the delivery address", "no button anywhere"]),
    "password": (25, 1, []),
    "level": (8, 2, []),
}

#: article -> (opened by somebody about to ask, asked all the same)
DEFLECTIONS = {
    "where": (34, 9),
    "return": (22, 4),
    "refund": (15, 8),
    "invoice": (12, 1),
    "change": (9, 7),
}

#: what was looked for -> (how often, whether it was answered)
SEARCHES = {
    "where is my parcel": (46, True),
    "return": (38, True),
    "invoice": (21, True),
    "delivery time": (17, True),
    "opening hours": (13, False),
    "gift card": (9, False),
    "spare parts": (7, False),
    "newsletter": (4, False),
    "password": (12, True),
    "assembly": (6, True),
    "repair service": (3, False),
}
