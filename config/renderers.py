"""JSON, fast."""

import orjson
from rest_framework import renderers
from rest_framework.negotiation import DefaultContentNegotiation


class JSONRenderer(renderers.BaseRenderer):
    """RFC 8259, in UTF-8."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS)


class AsTheAddressSays(DefaultContentNegotiation):
    """What is answered depends on the address alone, and a problem is JSON: `Accept` refuses nothing."""

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type
