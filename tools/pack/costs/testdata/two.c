int two(int n) {
	int sum = 0;
	for (int i = 0; i < n; i++) sum += i * sum;
	return sum;
}
int unused(int n) { return n / 3; }
