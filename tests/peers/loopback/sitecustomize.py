"""Python imports this file at start when its folder is in PYTHONPATH: names below `localhost` become loopback."""

import loopback_names

loopback_names.install()
