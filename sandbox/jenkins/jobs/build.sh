service=${JOB_BASE_NAME%-build}
version=1.0.$BUILD_NUMBER
echo "Building $service $version"
mkdir -p "$service"
printf '%s\n' "$version" > "$service/VERSION"
sleep 1
echo "Packing"
mkdir -p "$JENKINS_HOME/artifacts"
tar -cf "$JENKINS_HOME/artifacts/$service-$version.tar" "$service"
sleep 1
echo "Built artifacts/$service-$version.tar"
