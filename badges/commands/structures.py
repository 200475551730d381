"""``badges structures``: who delivers. A structure with its key and its Profile, its staff, its tokens for programs."""

from __future__ import annotations

from argparse import Namespace

from ..arguments import Parser, table
from ..catalogue.definition import DECIDING_FUNCTIONS, FUNCTIONS
from ..issuer.access import Access
from ..issuer.accounts import Accounts
from ..issuer.permissions import OPERATOR, PERMISSIONS
from ..issuer.storage import ISSUES_AS, STRUCTURE_KINDS
from . import add_home
from . import deployment as deployment_of

ADMINISTERS = ("read", "note", "propose", "decide", "second", "administer")
EVERYDAY = ("read", "note", "propose", "decide", "second")


def arguments(parser: Parser) -> None:
    add_home(parser)
    actions = parser.add_subparsers(title="Actions", metavar="ACTION", required=True)

    add = actions.add_parser("add", help="ajouter une structure, avec sa clé et son profil")
    add.add_argument("--name", required=True, help="son nom, comme il sera lu")
    add.add_argument("--kind", required=True, choices=STRUCTURE_KINDS)
    add.add_argument("--department", required=True, metavar="NN", help="son département")
    add.add_argument("--siret", default="")
    add.add_argument("--url", default="", help="son site")
    add.add_argument("--email", default="", help="une adresse de contact, publique")
    add.add_argument(
        "--issues-as", choices=ISSUES_AS, default="structure", help="sous quel nom elle délivre d’habitude"
    )
    add.set_defaults(run=_add)

    listing = actions.add_parser("list", help="les structures, leur profil et son état")
    listing.set_defaults(run=_list)

    staff = actions.add_parser("staff", help="ajouter une personne de l’équipe")
    staff.add_argument("structure", metavar="STRUCTURE")
    staff.add_argument("--name", required=True)
    staff.add_argument("--function", required=True, choices=FUNCTIONS)
    staff.add_argument("--email", default=None)
    staff.add_argument("--may", nargs="+", choices=PERMISSIONS, default=EVERYDAY, help="ce qu’elle peut faire")
    staff.set_defaults(run=_staff)

    invite = actions.add_parser("invite", help="inviter une personne, qui choisira son mot de passe")
    invite.add_argument("structure", metavar="STRUCTURE")
    invite.add_argument("--name", required=True)
    invite.add_argument("--email", required=True, help="elle se connectera avec")
    invite.add_argument("--function", required=True, choices=DECIDING_FUNCTIONS)
    invite.add_argument(
        "--may",
        nargs="+",
        choices=PERMISSIONS,
        default=ADMINISTERS,
        help="ce qu’elle peut faire ; tout, sauf le réseau",
    )
    invite.set_defaults(run=_invite)

    token = actions.add_parser("token", help="donner à un programme le droit de parler pour la structure")
    token.add_argument("structure", metavar="STRUCTURE")
    token.add_argument("--staff", metavar="ID", help="au nom de cette personne seulement")
    token.add_argument("--label", required=True, help="pour le reconnaître")
    token.add_argument("--may", nargs="+", choices=PERMISSIONS, default=("read",), help="ce qu’il peut faire")
    token.add_argument("--days", type=int, default=365, help="durée, en jours")
    token.set_defaults(run=_token)


def _add(arguments: Namespace) -> None:
    deployment = deployment_of(arguments)
    structure = deployment.add_structure(
        name=arguments.name,
        kind=arguments.kind,
        department=arguments.department,
        siret=arguments.siret,
        url=arguments.url,
        email=arguments.email,
        issues_as=arguments.issues_as,
    )
    print(
        f"Structure ajoutée : {structure.id}.\n"
        "Elle peut signer ; elle n’est pas encore reconnue. Pour la reconnaître :\n"
        f"  badges trust recognise {structure.id}"
    )


def _list(arguments: Namespace) -> None:
    speakers = deployment_of(arguments).issuer.list_profiles()
    if not speakers:
        print("Aucune structure. Pour en ajouter une : badges structures add --name … --kind … --department …")
        return
    rows = [("STRUCTURE", "NOM", "SORTE", "DÉPARTEMENT", "PROFIL", "ÉTAT")]
    states = {"active": "en service", "retired": "remplacé", "compromised": "compromis"}
    for speaker in speakers:
        profile, structure = speaker.profile, speaker.structure
        state = states[profile.status]
        rows.append((structure.id, structure.name, structure.kind, structure.department, profile.id, state))
    print(table(rows))


def _staff(arguments: Namespace) -> None:
    member = deployment_of(arguments).issuer.add_staff(
        OPERATOR,
        structure=arguments.structure,
        name=arguments.name,
        function=arguments.function,
        permissions=arguments.may,
        email=arguments.email,
    )
    print(f"{member.name} : {member.id}")


def _invite(arguments: Namespace) -> None:
    deployment = deployment_of(arguments)
    access = Access(deployment.issuer.desk, Accounts(deployment.issuer.desk))
    link, secret = access.invite(
        OPERATOR,
        structure=arguments.structure,
        name=arguments.name,
        email=arguments.email,
        function=arguments.function,
        permissions=arguments.may,
    )
    print(
        f"{access.address_of_invitation(secret)}\n"
        f"Bon une fois, jusqu’au {link.expires_at:%d/%m/%Y}. Le service l’envoie aussi par e-mail."
    )


def _token(arguments: Namespace) -> None:
    token, secret = deployment_of(arguments).issuer.new_api_token(
        OPERATOR,
        structure=arguments.structure,
        staff=arguments.staff,
        label=arguments.label,
        scopes=arguments.may,
        days=arguments.days,
    )
    print(f"{secret}\nBon jusqu’au {token.expires_at:%d/%m/%Y}. Gardez-le : il n’est montré que cette fois.")
