service=${JOB_BASE_NAME%-test}
echo "Testing $service"
sleep 0.7
echo "  unit ... ok"
sleep 0.7
echo "  api ... FAILED: the basket forgets its last item"
sleep 0.7
echo "1 of 2 suites failed"
exit 1
