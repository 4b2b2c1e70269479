"""The story that the demo data tell, in days before today. Who does it reads like this:

maya      champion: buys every few weeks, opens and clicks everything
joel      the portal's demo user: Gold; with the orders of Odoo's own demo data close to Platinum
grace     loyal: a steady order every two months
noah      newcomer: looked around, then bought for the first time last week
priya     prospect: reads and looks, has a quotation, never bought
victor    bargain hunter: small orders, each one after a mailing with a coupon
lukas     pays in euros
oliver    talks: forum, chat, support
hana      sent the big one back, the money went back too
paolo     at risk: bought every month, silent since spring
ingrid    sleeping: a few orders long ago
zoe       bought twice, then unsubscribed
rosa, tim, annemarie   three people of one company: two order, one reads the mails
"""

#: key -> (Odoo's own demo product, where it is there; name; price)
PRODUCTS = {
    "chair": ("product.product_product_12", "Office Chair Black", 120.5),
    "lamp": ("product.product_delivery_02", "Office Lamp", 40.0),
    "drawer": ("product.product_product_27", "Drawer", 110.5),
    "box": ("product.product_product_7", "Storage Box", 15.8),
    "cabinet": ("product.product_product_6", "Large Cabinet", 320.0),
    "desk": ("product.product_product_3", "Desk Combination", 450.0),
    "screens": ("product.product_product_25", "Acoustic Bloc Screens", 295.0),
    "workplace": ("product.product_product_24", "Individual Workplace", 885.0),
}

#: customer -> (days ago, {product: quantity}, what became of it)
ORDERS = {
    "maya": [
        (358, {"desk": 1}, "confirmed"),
        (331, {"desk": 1, "chair": 2}, "confirmed"),
        (304, {"lamp": 2, "box": 4}, "confirmed"),
        (276, {"cabinet": 1}, "confirmed"),
        (251, {"drawer": 2}, "confirmed"),
        (222, {"screens": 2}, "confirmed"),
        (196, {"chair": 2, "lamp": 1}, "confirmed"),
        (167, {"box": 6}, "paid"),
        (139, {"desk": 1, "drawer": 1}, "paid"),
        (110, {"cabinet": 1}, "paid"),
        (83, {"lamp": 3}, "paid"),
        (54, {"workplace": 1}, "paid"),
        (26, {"chair": 1, "box": 2}, "paid"),
        (5, {"screens": 1, "lamp": 1}, "invoiced"),
    ],
    "joel": [
        (345, {"chair": 1}, "confirmed"),
        (287, {"lamp": 4}, "confirmed"),
        (229, {"cabinet": 1}, "confirmed"),
        (163, {"desk": 1}, "paid"),
        (118, {"drawer": 1, "box": 2}, "paid"),
        (72, {"screens": 1, "box": 2}, "paid"),
        (31, {"chair": 1, "lamp": 1, "box": 2}, "paid"),
        (11, {"cabinet": 1}, "paid"),
    ],
    "grace": [
        (339, {"lamp": 1}, "confirmed"),
        (281, {"drawer": 1}, "confirmed"),
        (218, {"chair": 1}, "confirmed"),
        (155, {"box": 5}, "confirmed"),
        (97, {"drawer": 1}, "confirmed"),
        (36, {"chair": 1}, "confirmed"),
    ],
    "noah": [(8, {"chair": 1, "lamp": 1}, "invoiced")],
    "priya": [(13, {"workplace": 1, "screens": 2}, "quoted")],
    "victor": [
        (294, {"box": 1}, "confirmed"),
        (209, {"box": 2}, "confirmed"),
        (208, {"lamp": 1}, "cancelled"),
        (93, {"lamp": 1}, "confirmed"),
        (91, {"box": 1}, "confirmed"),
        (18, {"box": 3}, "confirmed"),
    ],
    "lukas": [
        (262, {"desk": 1}, "confirmed"),
        (171, {"chair": 2}, "confirmed"),
        (45, {"cabinet": 1}, "paid"),
    ],
    "oliver": [
        (203, {"chair": 1}, "confirmed"),
        (121, {"lamp": 1, "box": 1}, "confirmed"),
        (42, {"drawer": 1}, "confirmed"),
    ],
    "hana": [
        (175, {"lamp": 1}, "confirmed"),
        (128, {"workplace": 1}, "refunded"),
        (61, {"box": 2}, "confirmed"),
    ],
    "paolo": [
        (352, {"chair": 1}, "confirmed"),
        (323, {"drawer": 1}, "confirmed"),
        (296, {"lamp": 2}, "confirmed"),
        (264, {"chair": 1}, "confirmed"),
        (237, {"cabinet": 1}, "confirmed"),
        (208, {"drawer": 1}, "confirmed"),
        (181, {"screens": 1}, "confirmed"),
        (156, {"chair": 1}, "confirmed"),
    ],
    "ingrid": [
        (349, {"desk": 1}, "confirmed"),
        (318, {"lamp": 1}, "confirmed"),
        (279, {"box": 2}, "confirmed"),
    ],
    "zoe": [
        (243, {"chair": 1}, "confirmed"),
        (186, {"lamp": 1}, "confirmed"),
    ],
    "rosa": [
        (310, {"desk": 2, "chair": 2}, "paid"),
        (214, {"workplace": 1}, "paid"),
        (132, {"cabinet": 2}, "paid"),
        (24, {"screens": 3}, "paid"),
    ],
    "tim": [
        (256, {"lamp": 6}, "confirmed"),
        (89, {"box": 12}, "confirmed"),
    ],
}

#: customer -> percent off, for who has a coupon
DISCOUNTS = {"victor": 10}
IN_EUROS = {"lukas"}

#: customer -> points of a loyalty program: (days ago, how many, what for)
POINTS = {
    "joel": [
        (229, 64, "Order"),
        (163, 88, "Order"),
        (118, 14, "Order"),
        (72, 30, "Order"),
        (40, -50, "A gift"),
        (31, 16, "Order"),
        (11, 32, "Order"),
    ],
    "maya": [(139, 56, "Order"), (54, 88, "Order"), (5, 34, "Order")],
}
#: What points of that program bring: percent off an order -> points
REWARDS = {5: 100, 10: 200}
#: customer -> money in a wallet: (days ago, how much, what for)
WALLETS = {"joel": [(95, 25, "A present of the house"), (72, -10, "Order")]}
#: customer -> a coupon for the next order
COUPONS = {"joel": [(11, 1, "Thank you")], "maya": [(5, 1, "Thank you")]}
#: Percent that it takes off, and days from now on in which it does.
COUPON_DISCOUNT, COUPON_DAYS = 10, 45

#: mailing -> (days ago, subject, teaser); where its links lead stands in ``story_emails``
MAILINGS = {
    "autumn": (
        210,
        "Your coupon: 10% off everything for the home office",
        "Only this week.",
    ),
    "winter": (
        95,
        "Make room: drawers, cabinets and boxes",
        "With a coupon for those who read to the end.",
    ),
    "light": (28, "Light where you need it", "Lamps for dark afternoons."),
    "thanks": (20, "Thank you for a year with us", "See what your level brings you."),
    "quiet": (7, "Quiet, please: screens that swallow noise", "For open offices and families."),
}

#: campaign -> its name, and its mailings
CAMPAIGNS = {
    "home": ("Home office", {"autumn", "winter", "light"}),
    "care": ("Customer care", {"thanks"}),
    "quiet": ("Quiet rooms", {"quiet"}),
}

#: customer -> mailing -> what came back: s sent, o opened, c clicked, r replied, b bounced
REACTIONS = {
    "maya": {"autumn": "oc", "winter": "oc", "light": "oc", "thanks": "ocr", "quiet": "oc"},
    "maya_newsletter": {"autumn": "oc", "winter": "o", "thanks": "s"},
    "joel": {"autumn": "o", "winter": "oc", "light": "o", "thanks": "oc", "quiet": "o"},
    "grace": {"autumn": "o", "winter": "s", "light": "o", "thanks": "o", "quiet": "s"},
    "noah": {"thanks": "oc", "quiet": "oc"},
    "priya": {"winter": "oc", "light": "o", "thanks": "oc", "quiet": "oc"},
    "victor": {"autumn": "oc", "winter": "oc", "light": "s", "thanks": "oc", "quiet": "o"},
    "lukas": {"autumn": "o", "winter": "s", "light": "s", "thanks": "s", "quiet": "s"},
    "oliver": {"autumn": "s", "winter": "o", "light": "s", "thanks": "or", "quiet": "o"},
    "hana": {"winter": "o", "light": "s", "thanks": "o", "quiet": "s"},
    "paolo": {"autumn": "oc", "winter": "s", "light": "s"},
    "ingrid": {"autumn": "s", "winter": "b"},
    "zoe": {"autumn": "o"},
    "annemarie": {"autumn": "o", "winter": "oc", "light": "o", "thanks": "o", "quiet": "s"},
    "rosa": {"autumn": "o", "light": "oc", "thanks": "oc", "quiet": "o"},
    "tim": {"light": "s", "thanks": "s"},
}
SUBSCRIPTIONS = {"maya": (355, None), "noah": (19, None), "zoe": (250, 205)}

#: customer -> (days ago, pages of the visit; a product's page by its key)
VISITS = {
    "maya": [
        (224, ["/", "/shop", "screens"]),
        (111, ["/shop", "cabinet", "drawer", "cabinet"]),
        (55, ["/", "workplace", "desk", "workplace"]),
        (20, ["/my/loyalty", "/shop", "chair"]),
        (6, ["/", "/shop", "screens", "lamp"]),
        (1, ["/", "/shop", "desk"]),
    ],
    "joel": [
        (165, ["/", "/shop", "desk"]),
        (73, ["/shop", "screens"]),
        (20, ["/my/loyalty", "/shop"]),
        (12, ["/", "/shop", "cabinet", "drawer", "cabinet"]),
        (2, ["/shop", "chair", "/contactus"]),
    ],
    "grace": [(98, ["/shop", "drawer"]), (37, ["/", "chair"])],
    "noah": [
        (19, ["/", "/shop", "chair", "lamp"]),
        (9, ["/shop", "chair"]),
    ],
    "priya": [
        (94, ["/", "/shop", "workplace"]),
        (21, ["/shop", "workplace", "screens"]),
        (14, ["workplace", "screens", "/contactus"]),
        (3, ["workplace"]),
    ],
    "victor": [
        (209, ["/shop", "box", "lamp"]),
        (93, ["/shop", "lamp"]),
        (18, ["/shop", "box", "desk", "box"]),
    ],
    "oliver": [(124, ["/", "/forum"]), (60, ["/forum", "/contactus"]), (43, ["drawer"])],
    "paolo": [(182, ["/shop", "screens"]), (157, ["/shop", "chair"])],
    "rosa": [(25, ["/", "/shop", "screens", "workplace"])],
}

#: customer -> orders of theirs that were made on the website, by the days of ``ORDERS``
ONLINE = {"maya": (26, 5), "joel": (11,), "noah": (8,), "victor": (18,), "rosa": (24,)}

#: customer -> (days ago on which their browser became known, on what evidence)
KNOWN = {
    "maya": (26, "login"),
    "joel": (12, "login"),
    "noah": (8, "checkout"),
    "victor": (18, "click"),
    "rosa": (24, "login"),
}

#: customer -> visits of their browser before anybody knew whose it was:
#: (days ago, where from, what was looked at)
ANONYMOUS = {
    "joel": [(14, "google.com", ["chair", "lamp"])],
    "noah": [(19, "google.com", ["chair"]), (9, None, ["chair", "lamp"])],
    "victor": [(21, "instagram.com", ["box", "desk"])],
}

#: customer -> what was sent by the website's form: (days ago, title, text)
FORMS = {
    "priya": [(14, "Ten workplaces for our new office", "We move in spring. Can you plan it?")],
}

#: What no record of Odoo's tells: (customer, days ago, kind, page, details)
EVENTS = [
    ("joel", 14, "web.search", "/shop", {"term": "storage for small rooms"}),
    ("joel", 14, "web.product", "/shop/large-cabinet", {}),
    ("joel", 12, "web.search", "/shop", {"term": "cabinet"}),
    ("joel", 12, "web.cart_add", "/shop/cart", {"name": "Large Cabinet"}),
    ("joel", 2, "web.cart_add", "/shop/cart", {"name": "Office Chair Black"}),
    ("maya_newsletter", 216, "web.form", "/", {"name": "Newsletter"}),
    ("maya", 6, "web.cart_add", "/shop/cart", {"name": "Acoustic Bloc Screens"}),
    ("maya", 4, "feedback.nps", None, {"score": 10}),
    ("noah", 19, "web.search", "/shop", {"term": "black chair"}),
    ("noah", 9, "web.cart_add", "/shop/cart", {"name": "Office Chair Black"}),
    ("priya", 21, "web.search", "/shop", {"term": "workplace for ten"}),
    ("priya", 14, "web.download", "/documents/catalogue.pdf", {"name": "Catalogue"}),
    ("victor", 208, "web.cart_add", "/shop/cart", {"name": "Office Lamp"}),
    ("victor", 208, "web.cart_remove", "/shop/cart", {"name": "Office Lamp"}),
    ("victor", 18, "web.search", "/shop", {"term": "sale"}),
    ("oliver", 56, "feedback.csat", None, {"rating": 4}),
    ("paolo", 149, "feedback.nps", None, {"score": 3}),
    ("joel", 38, "feedback.csat", None, {"rating": 5, "out_of": 5}),
]

#: Two events as doors really refuse them: a kind nobody knows, a phone's clock a year ahead
REFUSED = [
    ("victor", 17, "web.wishlist", "/shop/wishlist", {"app": "shop for phones 0.9"}),
    ("noah", -365, "web.page", "/shop", {"app": "shop for phones 0.9"}),
]

#: customer -> (days ago, title, text)
QUESTIONS = {
    "oliver": [
        (124, "Which oil for the oak desk?", "The surface has become dull near the window."),
        (98, "Spare key for the drawer", "Can I order a second one?"),
        (30, "Screens between two desks", "How do you fix them without drilling?"),
    ],
    "maya": [(80, "Chair arms are loose after a year", "Which size of key do I need?")],
    "joel": [(66, "Can the desk be made taller?", "I am 1.95 m and would like to stand.")],
}

#: customer -> (days ago, what was said by turns: the customer first; stars)
CHATS = {
    "oliver": [(60, ["My drawer jams.", "Sorry to hear that. Let me have a look."], 4)],
    "noah": [(10, ["Does the chair come assembled?", "It does, in one box."], 5)],
    "joel": [(30, ["Can I change the address?", "Of course. Where should it go?"], 5)],
}
