"""Which word was meant: W. Garbe's symmetric delete ("SymSpell", 2012).

Of each known word it is written down what is left of it when letters are left out. What is left of
a mistyped word is among that of the word that was meant, whether a letter is missing, too many,
wrong, or two are swapped. So the words that come into question are found by an index, however
many there are, and only those are compared letter by letter.
"""

from itertools import combinations

#: Shorter words are too much like each other, longer ones no words.
SHORTEST, LONGEST = 4, 24
#: Of a longer word only so much is varied: who errs more is not helped.
PREFIX = 8


def most_faults(word):
    """Return how many faults a word of this length may have.

    >>> [most_faults("x" * length) for length in (3, 4, 6, 7)]
    [0, 1, 1, 2]
    """
    if not SHORTEST <= len(word) <= LONGEST:
        return 0
    return 1 if len(word) < 7 else 2


def variants(word):
    """Return what is left of a word when as many letters are left out as it may have faults.

    >>> sorted(variants("lamp"))
    ['amp', 'lam', 'lamp', 'lap', 'lmp']
    >>> bool(variants("retrun") & variants("return")), variants("cat")
    (True, set())
    """
    faults, head = most_faults(word), word[:PREFIX]
    if not faults:
        return set()
    return {
        "".join(letter for n, letter in enumerate(head) if n not in left_out)
        for count in range(faults + 1)
        for left_out in combinations(range(len(head)), count)
    }


def nearest(typed, known):
    """Return the word that was meant, None where no word is near enough.

    Of two that are as near the one with the same first letter wins: it is rarely mistyped.

    >>> nearest("retrun", ["turn", "return", "returns"])
    'return'
    >>> nearest("delivrey", ["deliver", "delivery"]), nearest("lamp", ["desk", "chair"])
    ('delivery', None)
    """
    most = most_faults(typed)
    judged = [(distance(typed, word, most), word[:1] != typed[:1], word) for word in known]
    judged = [each for each in judged if each[0] <= most]
    return min(judged)[2] if judged else None


def distance(one, other, most):
    """Return by how many letters two words differ; two swapped ones are one fault.

    :param int most: whatever is more is given as ``most + 1``

    >>> distance("retrun", "return", 2), distance("paket", "packet", 2), distance("a", "abcd", 2)
    (1, 1, 3)
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, row = [], list(range(len(other) + 1))
    for n, letter in enumerate(one, 1):
        upper, row = row, [n]
        for m, another in enumerate(other, 1):
            cost = min(upper[m] + 1, row[m - 1] + 1, upper[m - 1] + (letter != another))
            if n > 1 and m > 1 and (letter, one[n - 2]) == (other[m - 2], another):
                cost = min(cost, before[m - 2] + 1)
            row.append(cost)
        before = upper
    return min(row[-1], most + 1)
