if [ "$DEBUG" = true ]; then set -x; fi
service=${JOB_BASE_NAME%-deploy}
version=${VERSION_ID:-${VERSION:-latest}}
host=$JENKINS_HOME/hosts/$ENVIRONMENT/$service
echo "Deploying $service $version to $ENVIRONMENT"
sleep 1
mkdir -p "$host"
printf '%s\n' "$version" > "$host/VERSION.new"
mv "$host/VERSION.new" "$host/VERSION"
echo "Switched over, checking"
sleep 1
test "$(cat "$host/VERSION")" = "$version"
echo "$service $version runs on $ENVIRONMENT"
