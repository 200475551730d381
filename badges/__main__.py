"""``python -m badges`` is ``badges``."""

import sys

from .cli import main

sys.exit(main())
