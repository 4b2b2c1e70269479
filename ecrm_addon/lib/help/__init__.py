"""Finding answers: texts as words, and the word that somebody meant."""
