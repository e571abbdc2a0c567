"""How the service is secured: its certificate, and how callers prove who they are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, field_validator, model_validator

from server.section import Section
from server.security.caller import Caller, Role, is_name, subtree_of

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""What tokens may be signed with: keys that only the issuer has. A secret that both sides know is none."""

_LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "::1")


def _subtree(text: str) -> str:
    subtree_of(text)
    return text


def _name(text: str) -> str:
    if not is_name(text):
        raise ValueError("a name has 1 to 200 printable ASCII characters, and no space around it")
    return text


Organisation = Annotated[str, AfterValidator(_subtree)]
"""A subtree as people write it: a path, or ``*`` for everything."""


class TlsSettings(Section):
    """The certificate of the service. Its files are read again when they change."""

    certificate: Path | None = None
    """The certificate and those between it and the authority's, in PEM; left out: traffic is plaintext."""

    key: Path | None = None
    """The private key of the certificate, in PEM, without a passphrase."""

    client_ca: Path | None = None
    """The certificates, in PEM, that those of callers must come from; every caller then has to show one."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key belong together: set both, or neither")
        if self.client_ca is not None and self.certificate is None:
            raise ValueError(
                "client_ca asks callers for certificates, which needs certificate and key as well"
            )
        return self


class OidcSettings(Section):
    """Bearer tokens of an OpenID Connect provider, as signed JWTs."""

    issuer: str = ""
    """The provider, exactly as `iss` in its tokens names it; left out: no tokens are taken."""

    audiences: tuple[str, ...] = ()
    """What this service is called in `aud`; a token for none of them is refused."""

    jwks: str = ""
    """Where the provider's public keys are: the path of a file, or an `https` address."""

    jwks_ca: Path | None = None
    """The certificates, in PEM, that the address of the keys is checked by; left out: those of the system."""

    algorithms: tuple[Algorithm, ...] = Field(default=("RS256", "ES256"), min_length=1)
    """What tokens may be signed with."""

    leeway_seconds: float = Field(default=30, ge=0, le=300)
    """How far the provider's clock may be off."""

    refresh_seconds: float = Field(default=300, ge=1)
    """How often keys at an address are fetched again; a file is looked at every second."""

    stale_seconds: float = Field(default=3_600, ge=1)
    """How long the keys last fetched are trusted while no others can be had; then calls are `UNAVAILABLE`."""

    name_claim: str = "sub"
    """The claim that names the caller."""

    roles_claim: str = "roles"
    """The claim with the caller's roles, a list or a text with spaces; dots lead inside: `realm_access.roles`."""

    roles: dict[str, Role] = Field(default_factory=dict)
    """What the provider's roles are called here; left out: as there. A role that is not known gives nothing."""

    organisations_claim: str = "organisations"
    """The claim with the subtrees that the caller acts for, `*` being all; a token without it acts for none."""

    @property
    def is_on(self) -> bool:
        """Whether tokens are taken."""
        return bool(self.issuer)

    @property
    def is_address(self) -> bool:
        """Whether the keys are at an address, not in a file."""
        return "://" in self.jwks

    @field_validator("jwks")
    @classmethod
    def _safe(cls, jwks: str) -> str:
        if "://" in jwks:
            address = urlsplit(jwks)
            if address.scheme != "https" and (address.scheme, address.hostname in _LOOPBACK_NAMES) != (
                "http",
                True,
            ):
                raise ValueError(
                    "keys are fetched over https: whoever can change them on the way can be anyone here"
                )
        return jwks

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.is_on and not (self.audiences and self.jwks):
            raise ValueError("issuer needs audiences and jwks as well: for whom its tokens are, and its keys")
        return self


class CertificateSettings(Section):
    """A caller who shows a certificate: which one, and who that is. Exactly one of the first three says which."""

    common_name: str = ""
    """The common name (CN) of its subject."""

    alternative_name: str = ""
    """One of its subject alternative names."""

    sha256: str = Field(default="", pattern=r"^([0-9a-fA-F]{2}(:?[0-9a-fA-F]{2}){31})?$")
    """Its fingerprint, as `openssl x509 -fingerprint -sha256` prints it."""

    name: Annotated[str, AfterValidator(_name)]
    """Who it is."""

    roles: frozenset[Role] = Field(min_length=1)
    """What they are there for."""

    organisations: tuple[Organisation, ...] = ()
    """The subtrees that they act for; `*` is all."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(map(bool, (self.common_name, self.alternative_name, self.sha256))) != 1:
            raise ValueError("say by one of common_name, alternative_name and sha256 which certificate it is")
        return self

    @property
    def caller(self) -> Caller:
        """Who it is."""
        return Caller(self.name, self.roles, tuple(map(subtree_of, self.organisations)))


class SecuritySettings(Section):
    """Who may come in."""

    authentication: Literal["auto", "required", "off"] = "auto"
    """`required`: callers prove who they are; `off`: they are taken at their word, on loopback alone; `auto`: off on
    loopback as long as neither tokens nor certificates are set up, and required everywhere else."""

    plaintext_anywhere: bool = False
    """Listen beyond loopback without a certificate: only where something in front of the service has one."""

    reflection: bool = True
    """Whether anyone may ask which calls there are. Which ones there are is no secret."""

    tls: TlsSettings = TlsSettings()
    """The certificate of the service."""

    oidc: OidcSettings = OidcSettings()
    """Tokens of an OpenID Connect provider."""

    certificates: tuple[CertificateSettings, ...] = ()
    """The callers who show a certificate of `tls.client_ca`, a table each."""

    @model_validator(mode="after")
    def _asked_for(self) -> Self:
        if self.certificates and self.tls.client_ca is None:
            raise ValueError(
                "certificates name callers, but tls.client_ca is not set, so nobody is asked for one"
            )
        return self
