"""The project of the demo: a pipeline builds versions of a service, and whoever plays breaks and mends it."""

from sandbox.gitlab.definition import Definition, JobDefinition, When
from sandbox.gitlab.people import Role
from sandbox.gitlab.projects import Turn
from sandbox.gitlab.world import World

TOKEN, TRIGGER_TOKEN = "sandbox-gitlab-token", "sandbox-gitlab-trigger"
PROJECT = "acme/shop"
MEMBERS = {
    "lin": Role.MAINTAINER,
    "chen": Role.MAINTAINER,
    "wu": Role.DEVELOPER,
    "sampan": Role.MAINTAINER,
}

UNIT = ("echo '12 suites'", "sleep 0.5", "echo '12 passed'")
BROKEN = ("echo '12 suites'", "sleep 0.5", "echo 'cart: expected 3 items, found 2'", "exit 1")
BUILD = (
    "mkdir -p dist",
    'echo "${SERVICE_NAME:-$CI_PROJECT_NAME} $CI_COMMIT_SHORT_SHA" > dist/VERSION',
    "sleep 0.5",
    "cat dist/VERSION",
)
PUBLISH = ('echo "Publishing ${SERVICE_NAME:-$CI_PROJECT_NAME}/$CI_PIPELINE_ID"', "sleep 0.3", "echo Done")


def seed(world: World) -> None:
    """Make the people, and a project with a few commits."""
    for username in MEMBERS:
        world.add_user(username, token=TOKEN if username == "sampan" else "")
    project = world.add_project(
        PROJECT,
        members=MEMBERS,
        definition=version_build(UNIT),
        trigger_tokens={TRIGGER_TOKEN: "chen"},
        turns={
            "break": Turn("Break it", version_build(BROKEN), "购物车改用新的缓存", "wu"),
            "mend": Turn("Mend it", version_build(UNIT), "缓存里留住最后一件商品", "chen"),
        },
        description="购物车与结账服务",
    )
    for by, message in (
        ("wu", "feat: 购物车显示优惠后的价格"),
        ("chen", "fix: do not charge twice when the phone loses its network"),
        ("lin", "结账页上的运费说明"),
    ):
        world.commit(project, project.default_branch, message, by=by)


def version_build(unit: tuple[str, ...]) -> Definition:
    """A pipeline that tests, builds and publishes a version; who wants may scan it as well."""
    return Definition(
        (
            JobDefinition("unit", "test", unit),
            JobDefinition("package", "build", BUILD, artifacts=("dist/*",)),
            JobDefinition("publish", "publish", PUBLISH),
            JobDefinition("scan", "publish", ("echo 'nothing found'",), when=When.MANUAL),
        )
    )
