"""--certificate, --key and --client-ca -> the TLS context that workers serve with.

Law: TLS 1.3 and nothing older. Read once by the parent, before it gives its privileges up; no command ever sees the
key. Called by serving.py, again for each reload.
"""

import ssl

from slurmrest_inetd.errors import StartError
from slurmrest_inetd.settings import Settings


def load_context(settings: Settings) -> ssl.SSLContext | None:
    """The context, None where no certificate is set. Raises StartError."""
    if not settings.certificate:
        if settings.certificate_key or settings.client_ca:
            raise StartError("--key and --client-ca need --certificate")
        if any(address.startswith("https://") for address in settings.listen):
            raise StartError("https:// needs --certificate FILE (and --key FILE, unless that file holds the key too)")
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    key = settings.certificate_key or settings.certificate
    try:
        # without a password here, OpenSSL would ask for one on the terminal
        context.load_cert_chain(settings.certificate, key, password=lambda: b"")
    except ssl.SSLError as error:
        raise StartError(
            f"cannot use the certificate {settings.certificate} with the key {key} ({error.reason}): "
            "they must belong together, in PEM, the key without a passphrase"
        ) from None
    except OSError as error:
        files = f"the certificate {settings.certificate} or its key {key}"
        raise StartError(f"cannot read {files}: {error.strerror}") from None
    if settings.client_ca:
        load_authorities(context, settings.client_ca)
    return context


def load_authorities(context: ssl.SSLContext, path: str) -> None:
    """Ask each client for a certificate that an authority in the file ``path`` has signed. Raises StartError."""
    try:
        context.load_verify_locations(path)
    except ssl.SSLError as error:
        raise StartError(f"cannot use --client-ca {path} ({error.reason}): it must hold certificates in PEM") from None
    except OSError as error:
        raise StartError(f"cannot read --client-ca {path}: {error.strerror}") from None
    context.verify_mode = ssl.CERT_REQUIRED
