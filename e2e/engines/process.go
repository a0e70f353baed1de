package engines

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// process is a program with all that it starts, which end together, and with this one however it ends.
type process struct {
	cmd  *exec.Cmd
	life io.Closer
}

// guard waits for the end of its input, which comes when nobody holds the other end any more.
const guard = `"$@" & read _; kill -9 0`

func launch(env []string, program string, args ...string) (p *process, stdout, stderr io.Reader, err error) {
	cmd := exec.Command("sh", append([]string{"-c", guard, "sh", program}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	life, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	complaints, _ := cmd.StderrPipe()
	return &process{cmd, life}, out, complaints, cmd.Start()
}

func (p *process) end() {
	_ = p.life.Close()
	_ = p.cmd.Wait()
}

// line returns what follows prefix in the first line that begins with it, and goes on reading, so that the program can go on writing.
func line(from io.Reader, prefix string) (string, error) {
	found := make(chan string, 1)
	go func() {
		defer close(found)
		lines := bufio.NewReader(from)
		for {
			text, err := lines.ReadString('\n')
			if rest, ok := strings.CutPrefix(strings.TrimSpace(text), prefix); ok && rest != "" {
				select {
				case found <- rest:
				default:
				}
			}
			if err != nil {
				return
			}
		}
	}()
	select {
	case rest, ok := <-found:
		if !ok {
			return "", errors.New("the browser ended")
		}
		return rest, nil
	case <-time.After(patience):
		return "", errors.New("the browser didn't start in time")
	}
}
