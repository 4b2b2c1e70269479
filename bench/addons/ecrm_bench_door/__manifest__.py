{
    "name": "eCRM benchmark: doors to compare with",
    "summary": "Throwaway controllers; only the benchmark puts them on the addons path",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "eCRM Contributors",
    "depends": ["website"],
    "installable": True,
}
