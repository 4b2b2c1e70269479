"""The e-mails of the story: where links lead, with what people read, what machines do.

Addresses of networks are those for documentation (RFC 5737), but for the relays and scanners
that are known by theirs.
"""

#: Where links lead: the address of the server that loads the demo data is no lasting one.
SHOP = "https://shop.example.com"
#: mailing -> what its links say, and where they lead; the first one is what it is about
LINKS = {
    "autumn": [
        ("Redeem your coupon", "/shop?search=office"),
        ("See what is new", "/shop"),
        ("Ask us", "/contactus"),
    ],
    "winter": [
        ("Drawers and cabinets", "/shop?search=cabinet"),
        ("Boxes", "/shop?search=box"),
        ("Ask us", "/contactus"),
    ],
    "light": [
        ("See all lamps", "/shop?search=lamp"),
        ("How to light a desk", "/blog"),
        ("Ask us", "/contactus"),
    ],
    "thanks": [
        ("See your level", "/my/loyalty"),
        ("Go to the shop", "/shop"),
        ("Ask us", "/contactus"),
    ],
    "quiet": [
        ("Acoustic screens", "/shop?search=screens"),
        ("Plan your room", "/contactus"),
        ("Go to the shop", "/shop"),
    ],
}

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
CHROME = WINDOWS + "Chrome/126.0.0.0 Safari/537.36"
EDGE = CHROME + " Edg/126.0.0.0"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
SAFARI = IPHONE + "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
APPLE_MAIL = IPHONE + "(KHTML, like Gecko) Mobile/15E148"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
OUTLOOK = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)"
THUNDERBIRD = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.3.1"

#: customer -> with what pictures are loaded, with what links are opened; all others: the last
PROGRAMS = {
    "maya": (GMAIL, CHROME),
    "joel": (APPLE_MAIL, SAFARI),
    "grace": (THUNDERBIRD, FIREFOX),
    "noah": (GMAIL, SAFARI),
    "priya": (OUTLOOK, EDGE),
    "oliver": (THUNDERBIRD, FIREFOX),
    "annemarie": (OUTLOOK, EDGE),
    "rosa": (OUTLOOK, EDGE),
    None: (CHROME, CHROME),
}
#: Apple's relay loads the pictures of theirs, read or not.
RELAYED = {"hana", "lukas", "paolo"}
RELAY = ("Mozilla/5.0", "17.58.0.0/24")
#: A scanner looks at each mail to their company before anybody else, at all of its links.
SCANNED = {"rosa", "annemarie", "tim"}
SCANNER = (CHROME, "40.94.20.0/24")

#: What else became of mails: mailing -> customer -> event, hours after sending
AFTERMATH = {
    "light": {"paolo": ("unsubscribed", 5)},
    "thanks": {"tim": ("complained", 20)},
    "quiet": {"grace": ("deferred", 0), "lukas": ("autoreplied", 0)},
}
#: Mails about orders are told of for so many days.
ORDER_MAILS = 180
