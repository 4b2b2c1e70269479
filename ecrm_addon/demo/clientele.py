"""A few hundred customers beside those of the story, drawn by lot and always the same.

Forecasts need many who came back and many who did not. Each one is drawn as the models say of
customers (MBG/NBD and Gamma-Gamma, see ``lib/scoring``): orders at a rate of her own; after each
order, the first too, she may have left for good; an order costs about what hers cost. The shop
grows, so that more of them came lately. Times are days before today.
"""

import random
import unicodedata
from typing import NamedTuple

from . import story

SEED = 11
COUNT = 320
DAYS = 3 * 365

#: How they are drawn: rates per day, the chance to leave, what an order costs.
RATE_SHAPE, RATE_DAYS = 1.1, 62.0
LEAVE_A, LEAVE_B = 0.6, 3.0
SPEND_P, SPEND_Q, SPEND_V = 5.0, 4.0, 100.0
GROWTH = 0.36  # 1 would be as many new customers each month

#: One order in so many becomes this, in the last year.
FATES = {"refunded": 90, "cancelled": 45}

#: country -> first names, family names, places (postal code, city), streets
PEOPLE = {
    "de": (
        "Anke Bernd Carla Dirk Elif Falk Greta Henning Jasmin Kai Lena Moritz Nele Rainer Svenja",
        "Albers Brandt Cordes Demir Ehlers Fuchs Grote Hartung Jansen Kessler Lorenz Petersen",
        ["20095 Hamburg", "50667 Köln", "04109 Leipzig", "79098 Freiburg"],
        ["Lindenweg", "Am Markt", "Gartenstraße"],
    ),
    "fr": (
        "Adèle Bastien Camille Denis Élodie Fabien Gaëlle Hugo Inès Julien Karim Léa Margaux Noé",
        "Aubert Blanchet Carpentier Delmas Fontaine Garnier Lacombe Marchand Perrot Rousset Vidal",
        ["69002 Lyon", "44000 Nantes", "31000 Toulouse", "67000 Strasbourg"],
        ["rue des Tilleuls", "rue de la Gare", "place du Marché"],
    ),
    "it": (
        "Alba Bruno Chiara Dario Elena Fabio Giada Ivo Lara Matteo Nadia Piero Rita Silvio Tea",
        "Amato Barbieri Cattaneo Donati Esposito Fabbri Galli Longo Martini Neri Palumbo Rinaldi",
        ["20121 Milano", "40121 Bologna", "50122 Firenze", "80132 Napoli"],
        ["Via Roma", "Via dei Mille", "Corso Italia"],
    ),
    "es": (
        "Alma Benito Carmen Diego Eva Fermín Gema Hugo Irene Jaime Lola Marcos Nuria Óscar Pilar",
        "Aguilar Blanco Cano Domingo Esteban Fuentes Gallego Herrera Ibáñez Lozano Molina Prieto",
        ["46001 Valencia", "41001 Sevilla", "48001 Bilbao", "50001 Zaragoza"],
        ["Calle Mayor", "Calle del Pozo", "Avenida del Puerto"],
    ),
    "pl": (
        "Agata Bartosz Celina Dawid Ewa Filip Grażyna Igor Joanna Kamil Lidia Michał Oliwia Piotr",
        "Adamska Baran Cieślak Duda Gajda Jurek Kania Lis Malec Nowik Pawlak Sikora Wrona Zając",
        ["30-001 Kraków", "50-001 Wrocław", "80-001 Gdańsk", "60-001 Poznań"],
        ["ul. Polna", "ul. Lipowa", "ul. Szkolna"],
    ),
    "se": (
        "Alva Birger Cajsa David Ebba Folke Gunilla Hedda Isak Jonna Kjell Lovisa Måns Nils Saga",
        "Ahlgren Berglund Dahl Ekström Forsberg Gran Hedin Kvist Lindahl Nyberg Rask Sjögren",
        ["411 03 Göteborg", "211 22 Malmö", "753 20 Uppsala", "903 26 Umeå"],
        ["Storgatan", "Kyrkogatan", "Skolgatan"],
    ),
    "us": (
        "Amber Brody Chloe Derek Elaine Frank Gina Howard Ivy Jordan Kendra Luis Mona Neil Paige",
        "Abbott Barlow Cruz Dalton Ellison Ferris Goddard Hobbs Ingram Keller Lowry Mercado Sutton",
        ["78701 Austin", "80202 Denver", "55401 Minneapolis", "97205 Portland"],
        ["Maple Avenue", "Oak Street", "Mill Road"],
    ),
    "jp": (
        "Aiko Daichi Emi Fumio Hana Isamu Kaori Makoto Naomi Osamu Ren Sayuri Taro Umeko Yuki",
        "Abe Endo Fujii Goto Hayashi Ishida Kato Maeda Noguchi Okada Sakai Takeda Uchida Yano",
        ["530-0001 Osaka", "604-8001 Kyoto", "460-0008 Nagoya", "810-0001 Fukuoka"],
        ["Sakura-dori", "Ginza-dori", "Teramachi"],
    ),
}

#: Every so many-eth customer is a company; its name is that of its owner and one of these.
COMPANY_EVERY = 8
COMPANIES = ["Studio {}", "{} & Partners", "Atelier {}", "{} Interiors", "Office {}"]


class Buyer(NamedTuple):
    """A customer; ``orders`` as in ``story.ORDERS``: (days ago, {product: quantity}, fate)."""

    name: str
    email: str
    is_company: bool
    country: str
    zip: str
    city: str
    street: str
    orders: list


def draw(count=COUNT, seed=SEED):
    """Return the customers, the same for the same seed.

    :return dict[str, Buyer]: by a short key
    """
    dice = random.Random(seed)
    taken, buyers = set(), {}
    for number in range(1, count + 1):
        country, first, last = _name(dice, taken)
        _words, _more, places, streets = PEOPLE[country]
        code, _space, city = dice.choice(places).rpartition(" ")
        is_company = number % COMPANY_EVERY == 0
        buyers[f"client_{number:03}"] = Buyer(
            name=dice.choice(COMPANIES).format(last) if is_company else f"{first} {last}",
            email=_plain(f"{first}.{last}").lower() + "@example.com",
            is_company=is_company,
            country=country,
            zip=code,
            city=city,
            street=f"{dice.choice(streets)} {dice.randint(1, 90)}",
            orders=_orders(dice),
        )
    return buyers


def _name(dice, taken):
    while True:
        country = dice.choice(list(PEOPLE))
        first, last = (dice.choice(words.split()) for words in PEOPLE[country][:2])
        if (first, last) not in taken:
            taken.add((first, last))
            return country, first, last


def _plain(text):
    """Return a text without accents, as addresses are written."""
    text = text.replace("ß", "ss").replace("ł", "l")
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _orders(dice):
    """Return the orders of one customer, oldest first; at least one."""
    day = (DAYS - 2) * dice.random() ** GROWTH  # since the shop opened
    rate = dice.gammavariate(RATE_SHAPE, 1 / (RATE_SHAPE * RATE_DAYS))
    leaves = dice.betavariate(LEAVE_A, LEAVE_B)
    costs = SPEND_V / dice.gammavariate(SPEND_Q, 1.0)
    orders = []
    while day < DAYS - 1:
        ago = DAYS - int(day)
        basket = _basket(dice, costs * dice.gammavariate(SPEND_P, 1.0))
        fate = _fate(dice, ago)
        orders.append((ago, basket, fate if orders else "confirmed"))
        if dice.random() < leaves:
            break
        day += max(dice.expovariate(rate), 1.0)
    return orders


def _basket(dice, amount):
    """Return a product, as often as it comes near to the amount."""
    prices = {key: price for key, (_ref, _name, price) in story.PRODUCTS.items()}
    fitting = [key for key, price in prices.items() if price <= amount] or ["box"]
    product = dice.choice(fitting[-4:])
    return {product: max(1, round(amount / prices[product]))}


def _fate(dice, ago):
    chance = dice.random()
    for fate, one_in in FATES.items():
        if chance < 1 / one_in:
            return fate if 30 < ago < 365 else "confirmed"
        chance -= 1 / one_in
    return "confirmed"
