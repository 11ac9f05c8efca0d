package outbound

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"misp-csirt-tooling/internal/pattern"
)

// WriteLimit is the size in bytes of the largest file, in effect the largest pack, that git may write.
const WriteLimit = 64 << 20

// memoryLimit bounds the address space of a git that talks to a server, in bytes: a small pack can hold large deltas.
const memoryLimit = 4 << 30

// stderrLimit is how much of git's messages is kept, the end of them.
const stderrLimit = 8 << 10

// killDelay is how long git's children may hold on to its output after it has ended.
const killDelay = 2 * time.Second

// ErrNoGit says that there is no git binary.
var ErrNoGit = errors.New("git is not installed, or not found in PATH")

// ErrTooLarge says that git was about to write more than it may: to a file, as a pack, or to its output.
var ErrTooLarge = errors.New("more than the limit")

// Git starts the git binary, hardened: its environment is built from nothing, no configuration but ours is read, no prompt,
// hook, filter or helper runs, and only the pinned host can be contacted, by one protocol and without redirects.
// It is safe for concurrent use.
type Git struct {
	// WriteLimit is the size in bytes of the largest file that git may write. NewGit sets it.
	WriteLimit int64

	policy Policy
	lookup lookup
	binary string
}

// NewGit returns a runner of the git binary found in PATH. That there is none is told by each run, whose error wraps ErrNoGit.
func NewGit(policy Policy) *Git {
	binary, err := exec.LookPath("git")
	if err != nil {
		binary = "git"
	}
	return &Git{WriteLimit: WriteLimit, policy: policy, lookup: lookupHost, binary: binary}
}

// Command is one run of git.
type Command struct {
	Dir    string    // the git directory, which is also the working directory and the home of the process
	Remote *Remote   // the one host that may be contacted, nil for none
	Config []string  // settings, name=value, besides those of every run
	Args   []string  // subcommand and arguments
	Stdin  io.Reader // nil for none
}

// Error is the failure of a run of git.
type Error struct {
	Command string // the subcommand
	Code    int    // exit status, 0 if there was none
	Stderr  string // what git said, cut, without control characters and credentials
	Cause   error  // why the process ended
}

// Error implements error by git's last line.
func (e *Error) Error() string {
	if line := e.Stderr[strings.LastIndexByte(e.Stderr, '\n')+1:]; line != "" {
		return fmt.Sprintf("git %s: %.200s", e.Command, line)
	}
	return fmt.Sprintf("git %s: %v", e.Command, e.Cause)
}

// Unwrap returns why the process ended.
func (e *Error) Unwrap() error { return e.Cause }

// Output runs git to its end and returns its standard output, at most limit bytes of it; more is ErrTooLarge.
func (g *Git) Output(ctx context.Context, c Command, limit int64) ([]byte, error) {
	p, err := g.Start(ctx, c)
	if err != nil {
		return nil, err
	}
	defer p.Stop()
	out, err := io.ReadAll(io.LimitReader(p.Stdout, limit+1))
	if int64(len(out)) > limit {
		return nil, &Error{Command: c.Args[0], Cause: ErrTooLarge}
	}
	return out, errors.Join(p.Wait(), err)
}

// Process is a running git.
type Process struct {
	Stdin  io.WriteCloser // nil if the command brought its own
	Stdout io.Reader

	name   string
	cmd    *exec.Cmd
	ctx    context.Context
	cancel context.CancelFunc
	stderr tail
	ended  bool
}

// Start starts git. Stop must be called in the end; Wait before it tells whether git succeeded.
// When the context ends, git and all its children are killed.
func (g *Git) Start(ctx context.Context, c Command) (*Process, error) {
	ctx, cancel := context.WithCancel(ctx)
	p := &Process{name: c.Args[0], ctx: ctx, cancel: cancel}
	argv := append([]string{g.binary}, arguments(c)...)
	if c.Remote != nil {
		// The limits hold for git and all its children. POSIX counts files in blocks of 512 bytes.
		limits := fmt.Sprintf(`ulimit -f %d || exit; ulimit -v %d 2>/dev/null; exec "$@"`, g.WriteLimit/512, memoryLimit/1024)
		argv = append([]string{"/bin/sh", "-c", limits, "git"}, argv...)
	}
	p.cmd = exec.CommandContext(ctx, argv[0], argv[1:]...)
	p.cmd.Env = g.environment(c)
	p.cmd.Dir = c.Dir
	p.cmd.Stdin = c.Stdin
	p.cmd.Stderr = &p.stderr
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.Cancel = p.kill
	p.cmd.WaitDelay = killDelay
	err := p.start(c.Stdin == nil)
	if errors.Is(err, exec.ErrNotFound) {
		err = ErrNoGit
	}
	if err != nil {
		cancel()
		return nil, &Error{Command: p.name, Cause: err}
	}
	return p, nil
}

func (p *Process) start(pipeInput bool) (err error) {
	if pipeInput {
		if p.Stdin, err = p.cmd.StdinPipe(); err != nil {
			return err
		}
	}
	if p.Stdout, err = p.cmd.StdoutPipe(); err != nil {
		return err
	}
	return p.cmd.Start()
}

// kill ends the process and its children, which are one process group.
func (p *Process) kill() error { return syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) }

// Wait waits for the end of git after its output has been read. If the context ended first, the error wraps the context's.
func (p *Process) Wait() error {
	if p.ended {
		return nil
	}
	p.ended = true
	err := p.cmd.Wait()
	if errors.Is(err, exec.ErrWaitDelay) {
		_ = p.kill() // children that outlive git
	}
	if cause := context.Cause(p.ctx); cause != nil {
		err = cause
	}
	p.cancel()
	if err == nil {
		return nil
	}
	failure := &Error{Command: p.name, Code: max(p.cmd.ProcessState.ExitCode(), 0), Stderr: p.stderr.text(), Cause: err}
	if metLimit(failure.Stderr) {
		failure.Cause = ErrTooLarge
	}
	return failure
}

// Stop ends git if it still runs.
func (p *Process) Stop() {
	p.cancel()
	_ = p.Wait()
}

// metLimit reports whether git or a child met a limit: on the size of a file, which ends it by a signal, or on memory.
func metLimit(stderr string) bool {
	if strings.Contains(stderr, "File too large") || strings.Contains(stderr, "Out of memory") {
		return true
	}
	// The child that writes the pack goes without a word, so that git misses its last line and knows no other reason.
	var reasons []string
	for line := range strings.SplitSeq(stderr, "\n") {
		if strings.HasPrefix(line, "fatal: ") || strings.HasPrefix(line, "error: ") && !strings.HasPrefix(line, "error: index-pack died of signal") {
			reasons = append(reasons, line)
		}
	}
	return len(reasons) == 1 && strings.HasSuffix(reasons[0], "invalid index-pack output")
}

// arguments returns the arguments of git: our configuration, which wins over that of the directory, and the command.
func arguments(c Command) []string {
	settings := []string{
		"core.hooksPath=/dev/null", "core.fsmonitor=false", "core.attributesFile=/dev/null", "core.symlinks=false",
		"core.commitGraph=false", "core.multiPackIndex=false", // files of the repository that could lie
		"core.bigFileThreshold=1m", "core.packedGitLimit=256m", "i18n.logOutputEncoding=UTF-8",
		"gc.auto=0", "maintenance.auto=false", "protocol.allow=never",
	}
	if r := c.Remote; r != nil {
		settings = append(settings,
			"protocol.version=2", "protocol."+r.Scheme+".allow=always",
			"http.followRedirects=false", "http.sslVerify=true", "http.emptyAuth=false",
			"credential.helper=", "core.askPass=/bin/false",
			"transfer.fsckObjects=true", "fetch.fsckObjects=true",
			// Flaws of old histories that mean nothing to a reader.
			"fetch.fsck.zeroPaddedFilemode=ignore", "fetch.fsck.missingSpaceBeforeDate=ignore", "fetch.fsck.badTimezone=ignore",
			"fetch.unpackLimit=1", "fetch.recurseSubmodules=false", "submodule.recurse=false",
			"transfer.bundleURI=false", "fetch.writeCommitGraph=false", "fetch.negotiationAlgorithm=noop", "pack.threads=1",
		)
		if r.ca != "" {
			settings = append(settings, "http.sslCAInfo="+r.ca)
		}
		if r.proxy == "" {
			settings = append(settings, "http.proxy=")
		}
		if r.pin != "" {
			settings = append(settings, "http.curloptResolve="+r.pin)
		}
	}
	var args []string
	for _, s := range append(settings, c.Config...) {
		args = append(args, "-c", s)
	}
	return append(args, c.Args...)
}

// environment is made from nothing: no variable of the service reaches git.
func (g *Git) environment(c Command) []string {
	protocol := "none"
	if c.Remote != nil {
		protocol = c.Remote.Scheme
	}
	env := []string{
		"PATH=" + filepath.Dir(g.binary) + ":/usr/bin:/bin", "HOME=" + c.Dir, "XDG_CONFIG_HOME=" + c.Dir, "TMPDIR=" + c.Dir,
		"LC_ALL=C", "TZ=UTC", "GIT_DIR=" + c.Dir,
		"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=/bin/false", "SSH_ASKPASS=/bin/false", "GIT_SSH_COMMAND=/bin/false",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_ATTR_NOSYSTEM=1", "GIT_ALLOW_PROTOCOL=" + protocol,
		"GIT_PROTOCOL_FROM_USER=0", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_REPLACE_OBJECTS=1", "GIT_NO_LAZY_FETCH=1",
		"GIT_HTTP_LOW_SPEED_LIMIT=1000", "GIT_HTTP_LOW_SPEED_TIME=20",
	}
	if c.Remote != nil && c.Remote.proxy != "" {
		env = append(env, "https_proxy="+c.Remote.proxy) // arguments can be read by everybody on the machine, and it may hold a password
	}
	return env
}

const tempPrefix = "csirt-tooling-"

// TempDir makes a directory for git to work in, and the function that removes it.
func TempDir() (dir string, remove func(), err error) {
	dir, err = os.MkdirTemp("", tempPrefix)
	if err != nil {
		return "", nil, fmt.Errorf("making a directory for git: %w", err)
	}
	return dir, func() {
		for range 3 { // a child that is being killed may still write
			if os.RemoveAll(dir) == nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}, nil
}

// tail keeps the end of what is written to it.
type tail struct{ buf []byte }

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - stderrLimit; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(p), nil
}

// secrets are what messages must not show: credentials in URLs, and where we work.
var secrets = pattern.New(`(://)[^/@\s']*@|[^\s'"]*/` + tempPrefix + `[^\s'"]*`)

// text returns what was kept as clean lines.
func (t *tail) text() string {
	var lines []string
	for line := range bytes.Lines(t.buf) {
		clean := strings.Map(func(r rune) rune {
			if !strconv.IsPrint(r) {
				return -1
			}
			return r
		}, strings.ToValidUTF8(string(line), ""))
		if clean = strings.TrimSpace(secrets.ReplaceAllString(clean, "$1")); clean != "" {
			lines = append(lines, clean)
		}
	}
	return strings.Join(lines, "\n")
}
