"""What of a URL may be kept."""

#: Query parameters whose name holds one of these tell a secret or a person.
SECRET_PARTS = ("token", "secret", "passw", "email", "login", "phone", "session", "signature")
#: Query parameters of exactly these names, as Odoo and others use them, do too.
SECRET_NAMES = tuple(
    ["auth", "code", "hash", "key", "api_key", "apikey", "otp", "pid", "pwd", "sid", "sig"]
)
