"""Words that give machines away, and those of people that look like it.

Ours, beside the list of known crawlers in ``data/``. All are looked for in lower case. The
patterns hold no nested repetition: what a stranger sends takes time in proportion to its
length, which is limited.
"""

import re

#: Patterns of the list that also match what people use.
NOT_FROM_LIST = {
    r"008\/",  # ends a build number, as in Opera Mini/4.4.39008/37
    r"AP3A\.240617\.008",  # a build of Android 15 on many telephones
    "Blackboard",  # the app that students read in
    "Butterfly",  # a telephone by HTC
    "DMBrowser",  # a browser on Android
    "Fluid",  # makes one site an app on macOS
    "Sogou",  # has a browser too; its spiders say that they are
    "okhttp",  # what apps ask with, see APP
    "Viber",  # shows pages, see PREVIEW
    "WhatsApp",
}

#: Browsers without a window, or what is made of one.
HEADLESS = (
    *("headless", "phantomjs", "slimerjs", "htmlunit", "zombie.js", "jsdom", "splash version"),
    *("wkhtmlto", "webkit2png", "websnapr", "cutycapt", "prerender"),
)
#: Programs that steer a browser: tests, audits, agents that act for somebody.
AUTOMATION = (
    *("puppeteer", "playwright", "selenium", "webdriver", "cypress/", "testcafe", "nightwatch"),
    *("browsershot", "browserless", "lighthouse", "pagespeed", "page speed", "gtmetrix"),
    *("webpagetest", "ptst/", "ptst ", "neustar wpm", "iplabel", "debugbear", "speedcurve"),
    *("chatgpt-user", "claude-user", "claude-web", "perplexity-user", "mistralai-user"),
    *("manus-user", "duplexweb-google", "devin/"),
)
#: Crawlers that must be known whatever the list says.
KNOWN = (
    *("gptbot", "oai-searchbot", "claudebot", "anthropic-ai", "ccbot", "perplexitybot"),
    *("bytespider", "amazonbot", "cohere-ai", "meta-externalagent", "google-extended"),
    *("facebookexternalhit", "google-read-aloud", "mediapartners-google", "gomezagent"),
    *("yandexbot", "google-inspectiontool", "storebot-google", "windowspowershell"),
)
#: Apps that look at a link before their people do. They say "Mozilla" first when they show it.
PREVIEW = re.compile(r"whatsapp|viber")
#: How agents begin that programs send when nobody tells them another.
HTTP_LIBRARY = re.compile(
    r"python[-/ ]|aiohttp|httpx|urllib|curl|pycurl|libcurl|wget|go-http|go http|fasthttp"
    r"|java[/1 -]|jakarta|apache-http|retrofit|axios|node-|node\.js|node$|undici|got[ /(]"
    r"|superagent|needle/|requests?/|ruby|faraday|rest-client|typhoeus|mechanize|php[-/]"
    r"|guzzle|symfony|zend|lwp|libwww|perl|winhttp|microsoft url|wininet|restsharp|\.net"
    r"|httpie|postman|insomnia|reactor-?netty|vert\.x|ktor|reqwest|hyper/|deno/|bun/"
    r"|powershell"
)
#: Apps ask with these themselves, outside any browser: the person's own app as well as a
#: script. Nobody can tell, and no page was shown.
APP = re.compile(r"dalvik/|okhttp|dart/|.*?cfnetwork/")

#: Words that name a job of machines.
JOBS = (
    *("bot", "crawl", "spider", "scrape", "scrapy", "scraping", "slurp", "archiver", "fetch"),
    *("monitor", "preview", "validat", "checker", "checklink", "link check", "linkcheck"),
    *("scanner", "scanning", "harvest", "indexer", "transcoder", "thumbnail", "screenshot"),
    *("snapshot", "uptime", "feed", "rss/", "rss ", "sitemap", "nagios", "zabbix", "pingdom"),
    *("download", "extract", "grabber", "collector", "analyzer", "analyser", "libwww"),
    *("wordpress", "favicon", "verifier", "google-", "like gecko; google", "like gecko, google"),
)
#: An address to read or to write to: good machines give one (RFC 9110, section 10.1.2).
CONTACT = re.compile(r"https?:|www\.|[\w.-]@[a-z][\w-]*\.[a-z]|\(at\)")

#: What people's agents hold that would look like one of the above.
OF_PEOPLE = re.compile(
    r"cubot|(?<=; )\w{0,3} ?bot[ _]?\d+"  # telephones
    r"|gwx:downloaded|qqdownload|googleweblight"  # Windows, a toolbar, a proxy for slow lines
    r"|libwww-fm"  # part of Lynx, which blind people read with
    r"|http://bsalsa\.com|http://www\.(?:avantbrowser|qtweb)[.\w]*"  # browsers and their makers
    r"|aliapp.*|micromessenger.*|\[fb.*"  # apps that show pages, and their details
)

#: How agents of browsers begin: all since 1994, except some on telephones and in terminals.
BROWSER = re.compile(
    r"mozilla/\d|opera[/ ]\d|ucweb/|blackberry|nokia|samsung|sonyericsson|lynx/|e?links[ /]"
    r"|w3m/|.{0,200}(?:opera m(?:ini|obi)|up\.browser|ucbrowser|midp|netfront|obigo|teleca"
    r"|dolfin|browser/applewebkit)"
)
#: "compatible" is what Internet Explorer said and few others; today machines do.
COMPATIBLE = re.compile(r"[(;] ?compatible[;,)]")
WAS_COMPATIBLE = re.compile(
    r"ms(?:p?ie) ?\d|trident|konqueror|windows phone|opera|netfront|icab|omniweb|elaine"
)
#: A browser that says Mozilla names its engine too.
ENGINE = re.compile(r"webkit|gecko|trident|msie|presto|opera|khtml|konqueror|goanna|servo|mobile/")

#: Header, and how its value begins: browsers say that nobody sees this page yet.
PREFETCH = {
    "Sec-Purpose": ("prefetch", "prerender"),  # fetch metadata: Chrome, Firefox
    "Purpose": ("prefetch", "prerender", "preview"),  # Chrome and Safari, earlier
    "X-Purpose": ("prefetch", "prerender", "preview"),  # Safari's previews of pages
    "X-Moz": ("prefetch",),  # Firefox, earlier
}

TABLET = re.compile(r"ipad|tablet|playbook|kindle|silk/|nexus (?:7|9|10)\b")
TELEPHONE = re.compile(
    r"mobi|iphone|ipod|windows phone|blackberry|bb10|opera mini|midp|symbian|ucweb|nokia"
)
TELEVISION = re.compile(r"\btv\b|googletv|smart-tv|bravia|\baft[a-z]")
