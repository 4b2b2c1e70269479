"""Which of PostgreSQL's text search configurations knows the words of a language."""

#: Language (ISO 639-1) -> configuration; PostgreSQL 13 lacks some of them.
CONFIGURATIONS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
#: Words as they are: nothing is stemmed, nothing is left out.
SIMPLE = "simple"


def configuration(lang, known):
    """Return the configuration for a language.

    :param str lang: as Odoo names it
    :param set[str] known: configurations that this PostgreSQL has

    >>> known = {"simple", "german", "norwegian"}
    >>> [configuration(lang, known) for lang in ("de_CH", "nb_NO", "sr@latin", "ja_JP", "fr_FR")]
    ['german', 'norwegian', 'simple', 'simple', 'simple']
    """
    name = CONFIGURATIONS.get(lang.replace("@", "_").split("_")[0], SIMPLE)
    return name if name in known else SIMPLE
