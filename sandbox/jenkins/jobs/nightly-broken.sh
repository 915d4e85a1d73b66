for service in hello shop; do
    sleep 0.3
    echo "Regression of $service"
    for suite in unit api; do
        echo "  $suite ... ok"
    done
done
echo "  basket ... FAILED: 期望 3 件商品, 得到 2 件"
echo "1 of 5 suites failed"
exit 1
