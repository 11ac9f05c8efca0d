package forge

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// Limits on commits.
const (
	maxCommits = 1000     // newest commits
	maxCommit  = 1 << 20  // bytes of one commit
	maxHistory = 64 << 20 // bytes of all commits
	maxBody    = 4 << 10  // bytes of a commit's message without the subject
	maxKeyIDs  = 50       // newest commits, and tags, whose signature is read for the key
)

// commits returns the newest commits that lead to a commit. What cannot be read is a gap.
func (r *reader) commits(ctx context.Context, commit string) repo.Fact[repo.History] {
	p, err := r.git.Start(ctx, outbound.Command{
		Dir:  r.dir,
		Args: []string{"rev-list", "--header", "--max-count=" + strconv.Itoa(maxCommits+1), commit, "--"},
	})
	if err != nil {
		return missing[repo.History](ctx, err)
	}
	defer p.Stop()
	commits, err := parseCommits(p.Stdout)
	if err == nil {
		err = p.Wait()
	}
	if err != nil {
		return missing[repo.History](ctx, err)
	}
	h := repo.History{Commits: commits[:min(len(commits), maxCommits)]}
	h.Truncated = len(commits) > maxCommits || r.cut(h)
	return repo.Known(h)
}

// cut reports whether a commit is listed whose parents are left out. If none is, the listing is that of the whole history:
// git goes from the newest commit that is known to the next, and never came to where the history is cut.
func (r *reader) cut(h repo.History) bool {
	return slices.ContainsFunc(h.Commits, func(c repo.Commit) bool { return r.shallow[c.OID] && c.Parents > 0 })
}

// missing returns the gap that an error makes of commits or tags.
func missing[T any](ctx context.Context, err error) repo.Fact[T] {
	switch {
	case ctx.Err() != nil:
		return repo.Missing[T](repo.Late, "it did not arrive in time")
	case errors.Is(err, ErrTooLarge):
		return repo.Missing[T](repo.TooLarge, err.Error())
	}
	return repo.Missing[T](repo.Failed, err.Error())
}

// parseCommits reads the output of git rev-list --header: "<oid>\n<commit>\0", the message indented by four spaces.
func parseCommits(in io.Reader) ([]repo.Commit, error) {
	in = &io.LimitedReader{R: in, N: maxHistory}
	records := bufio.NewScanner(in)
	records.Buffer(nil, maxCommit)
	records.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		if i := bytes.IndexByte(data, 0); i >= 0 {
			return i + 1, data[:i], nil
		}
		if atEOF && len(data) > 0 {
			return 0, nil, io.ErrUnexpectedEOF
		}
		return 0, nil, nil
	})
	var commits []repo.Commit
	for records.Scan() {
		oid, raw, ok := strings.Cut(records.Text(), "\n")
		if !ok || !objectID.MatchString(oid) {
			return nil, fmt.Errorf("git said %.100q of a commit", oid)
		}
		head, message, _ := strings.Cut(raw, "\n\n")
		c, signature := parseCommit(head + "\n\n" + outdent(message))
		c.OID = strings.Clone(oid) // so that the rest of the record can go
		if len(commits) < maxKeyIDs {
			c.Signature.KeyID = issuer(signature)
		}
		commits = append(commits, c)
	}
	if err := records.Err(); errors.Is(err, bufio.ErrTooLong) || in.(*io.LimitedReader).N == 0 {
		return nil, &Error{Kind: ErrTooLarge, Detail: "its commits take too much room"}
	} else if err != nil {
		return nil, fmt.Errorf("reading the commits: %w", err)
	}
	return commits, nil
}

// outdent removes the indentation that git gives each line of a message.
func outdent(message string) string {
	var b strings.Builder
	for line := range strings.Lines(message) {
		b.WriteString(strings.TrimPrefix(line, "    "))
	}
	return b.String()
}

// header is one line of the head of a commit or tag, continuation lines included.
type header struct{ key, value string }

// parseObject splits a commit or tag into its head and its message.
func parseObject(raw string) (head []header, message string) {
	for raw != "" && raw[0] != '\n' {
		end := 0
		for {
			i := strings.IndexByte(raw[end:], '\n')
			if i < 0 {
				end = len(raw)
				break
			}
			if end += i; end+1 == len(raw) || raw[end+1] != ' ' {
				break
			}
			end++
		}
		key, value, _ := strings.Cut(raw[:end], " ")
		head = append(head, header{key, strings.ReplaceAll(value, "\n ", "\n")})
		raw = raw[min(end+1, len(raw)):]
	}
	return head, strings.TrimPrefix(raw, "\n")
}

// parseCommit reads a commit as it is stored, which is without its object id, and returns its signature as it stands.
func parseCommit(raw string) (c repo.Commit, signature string) {
	head, message := parseObject(raw)
	for _, h := range head {
		switch h.key {
		case "parent":
			c.Parents++
		case "author":
			c.AuthorName, c.AuthorEmail, _ = parseIdentity(h.value)
		case "committer":
			c.Committer, _, c.Time = parseIdentity(h.value)
		case "gpgsig", "gpgsig-sha256":
			signature = h.value
		}
	}
	message = strings.TrimLeft(valid(message), "\n")
	subject, body, _ := strings.Cut(message, "\n\n")
	c.Subject = strings.Join(strings.FieldsFunc(subject, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
	c.Body = cut(strings.TrimSpace(body), maxBody)
	c.Signature.Scheme = schemeOf(signature)
	return c, signature
}

// parseIdentity reads "Name <mail> seconds zone". What is not so is empty.
func parseIdentity(value string) (name, email string, at time.Time) {
	open, end := strings.IndexByte(value, '<'), strings.LastIndexByte(value, '>')
	if open < 0 || end < open {
		return valid(value), "", time.Time{}
	}
	name, email = valid(strings.TrimSpace(value[:open])), valid(value[open+1:end])
	f := strings.Fields(value[end+1:])
	if len(f) == 0 {
		return name, email, time.Time{}
	}
	seconds, err := strconv.ParseInt(f[0], 10, 64)
	if err != nil || seconds < 0 || seconds > lastSecond {
		return name, email, time.Time{}
	}
	zone := time.UTC
	if len(f) > 1 {
		zone = parseZone(f[1])
	}
	return name, email, time.Unix(seconds, 0).In(zone)
}

// lastSecond is the last one of the last year that a date of four digits can have.
const lastSecond = 253402214400

// parseZone reads "+hhmm", UTC if it is not so.
func parseZone(text string) *time.Location {
	n, err := strconv.Atoi(text)
	if err != nil || len(text) != 5 || n == 0 || n < -1400 || n > 1400 || n%100 >= 60 || n%100 <= -60 {
		return time.UTC
	}
	return time.FixedZone("", (n/100*60+n%100)*60)
}

// cut shortens a text to at most limit bytes of whole characters.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "")
}

// valid returns a text as UTF-8.
func valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
