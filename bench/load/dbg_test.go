package load
import ("testing";"fmt";"testing/cryptotest")
func TestDbg(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 1)
	for _, i := range []int{0,1} {
	r := scenarios[3].play(100000, subjects[i].make, 1)
	for m := 52*6; m < 70*6; m+=2 { fmt.Print(sum(r.seconds[m*10:m*10+20])/20, " ") }
	fmt.Println()
	}
}
