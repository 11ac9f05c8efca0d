package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// line is what is printed about one repository of a list: its report, or why there is none.
type line struct {
	Argument string `json:"argument"` // as the list names it; the address for one of an owner's
	*reportJSON
	Error string `json:"error,omitempty"`
}

// maxLine is the size up to which a line of a list is read.
const maxLine = 16 << 20

// assessMany assesses what --from names.
func (p *program) assessMany(ctx context.Context) error {
	if p.config.resume && p.config.output == "" {
		return usage(errors.New("--resume needs the --output of the run before"))
	}
	arguments, err := p.list()
	if err != nil {
		return err
	}
	out := &lines{out: p.stdout}
	var reported map[string]bool
	if p.config.output != "" {
		file, known, err := openReports(p.config.output, p.config.resume)
		if err != nil {
			return err
		}
		defer file.Close()
		out.out, reported = file, known
	}
	one, stop, err := p.assessing()
	if err != nil {
		return err
	}
	defer stop()

	subjects := slices.DeleteFunc(one.subjects(ctx, arguments), func(s subject) bool { return reported[s.name] })
	progress := newProgress(p.stderr, len(subjects))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(p.config.jobs)
	for _, subject := range subjects {
		group.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			progress.start(subject.name)
			defer progress.done(subject.name)
			l := line{Argument: subject.name}
			report, err := one.assess(ctx, subject)
			switch {
			case ctx.Err() != nil:
				return context.Cause(ctx) // interrupted: it will be assessed by the next run
			case err != nil:
				l.Error = explain(err).Error()
			default:
				r := newReportJSON(one.hosts, report)
				l.reportJSON = &r
			}
			return out.print(l)
		})
	}
	err = group.Wait()
	progress.clear()
	switch {
	case err != nil:
		return err
	case out.failed:
		return errSome
	}
	return nil
}

// list reads the list of --from. Empty lines, and those that begin with #, are left out.
func (p *program) list() ([]string, error) {
	var in io.Reader = os.Stdin
	if p.config.from != "-" {
		file, err := os.Open(p.config.from)
		if err != nil {
			return nil, usage(fmt.Errorf("--from: %w", err))
		}
		defer file.Close()
		in = file
	}
	var arguments []string
	scanner := bufio.NewScanner(in)
	scanner.Buffer(nil, maxLine)
	for scanner.Scan() {
		if argument := strings.TrimSpace(scanner.Text()); argument != "" && argument[0] != '#' {
			arguments = append(arguments, argument)
		}
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("read --from %s: %w", p.config.from, err)
	}
	return arguments, nil
}

// openReports opens a file of lines for appending. Of one that is resumed it returns the arguments that have a report, and
// cuts a line that an interrupted run left unfinished; one that holds anything else is left as it is, with an error. Without
// resume the file must not be there yet.
func openReports(name string, resume bool) (*os.File, map[string]bool, error) {
	flags := os.O_RDWR | os.O_CREATE
	if !resume {
		flags |= os.O_EXCL
	}
	file, err := os.OpenFile(name, flags, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil, nil, usage(fmt.Errorf("--output: %s is there already: go on with --resume, or name another file", name))
	}
	if err != nil {
		return nil, nil, fmt.Errorf("open --output: %w", err)
	}
	reported, whole, err := readReports(file)
	if err == nil {
		err = file.Truncate(whole)
	}
	if err == nil {
		_, err = file.Seek(whole, io.SeekStart)
	}
	if err == nil {
		return file, reported, nil
	}
	file.Close()
	if errors.Is(err, errNoReports) {
		return nil, nil, usage(fmt.Errorf("--output: %s: %w: name another file", name, err))
	}
	return nil, nil, fmt.Errorf("resume --output: %w", err)
}

// errNoReports says that a file is none of reports.
var errNoReports = errors.New("it holds something else than reports")

// lineStart is how each line begins.
const lineStart = `{"argument":"`

// readReports returns which arguments have a report in a file of lines, and the length of the lines that are whole. Only a last
// line may be unfinished.
func readReports(in io.Reader) (reported map[string]bool, whole int64, err error) {
	reported = map[string]bool{}
	reader := bufio.NewReader(in)
	for {
		text, err := reader.ReadBytes('\n')
		if err == io.EOF && (bytes.HasPrefix(text, []byte(lineStart)) || strings.HasPrefix(lineStart, string(text))) {
			return reported, whole, nil
		}
		if err != nil && err != io.EOF {
			return nil, 0, err
		}
		var l struct {
			Argument string `json:"argument"`
			Error    string `json:"error"`
		}
		if err == io.EOF || !bytes.HasPrefix(text, []byte(lineStart)) || json.Unmarshal(text, &l) != nil {
			return nil, 0, errNoReports
		}
		whole += int64(len(text))
		if l.Error == "" {
			reported[l.Argument] = true
		}
	}
}

// lines prints lines of JSON, each whole.
type lines struct {
	mu     sync.Mutex
	out    io.Writer
	failed bool // some repository could not be assessed
}

func (o *lines) print(l line) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failed = o.failed || l.Error != ""
	if _, err := o.out.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}
