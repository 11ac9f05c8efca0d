package forge

import (
	"context"
	"errors"
	"strings"
	"time"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/pattern"
)

// Why there is no snapshot. A host that must not be contacted is outbound.ErrRefused.
var (
	ErrNotFound    = errors.New("no git repository there")
	ErrNotPublic   = errors.New("not public or not there")
	ErrMoved       = errors.New("moved to another address")
	ErrTooLarge    = errors.New("too large")
	ErrEmpty       = errors.New("no commit yet")
	ErrRevision    = errors.New("no such revision")
	ErrUnavailable = errors.New("cannot be read now")
	ErrDamaged     = errors.New("damaged or incomplete")
	ErrGit         = errors.New("git cannot be used")
	ErrUnlisted    = errors.New("the owner's repositories could not be listed") // of an owner
)

// advice says what to do next.
var advice = map[error]string{
	ErrNotFound:    "Check the spelling of the address; it must be that of a git repository.",
	ErrNotPublic:   "Check the spelling of the address; a repository that needs an account can be assessed on the command line from a clone.",
	ErrMoved:       "Open the address in a browser and give the one that it leads to.",
	ErrTooLarge:    "Assess it on the command line from a clone.",
	ErrEmpty:       "Ask again after the first commit was pushed to the default branch.",
	ErrRevision:    "Give a tag, a branch or a full commit id that the repository has.",
	ErrUnavailable: "Ask again in some minutes; if it stays so, check that the host can be reached from here.",
	ErrDamaged:     "Run git fsck on it, or assess a fresh clone.",
	ErrGit:         "Install git 2.39 or newer where misp-csirt-tooling runs.",
	ErrUnlisted:    "Give the address of the repository that is meant.",
}

// lifetime says how long what stood in the way is taken to stay there.
var lifetime = map[error]time.Duration{
	ErrNotFound:    time.Hour,
	ErrNotPublic:   time.Hour,
	ErrMoved:       time.Hour,
	ErrTooLarge:    24 * time.Hour,
	ErrEmpty:       10 * time.Minute,
	ErrRevision:    10 * time.Minute,
	ErrUnavailable: time.Minute,
	ErrDamaged:     time.Hour,
}

// Error is why there is no snapshot.
type Error struct {
	Kind   error  // one of the errors above
	Detail string // what was seen, for people; may be empty
	Cause  error  // may be nil
}

// Error implements error.
func (e *Error) Error() string {
	if e.Detail == "" {
		return e.Kind.Error()
	}
	return e.Kind.Error() + ": " + e.Detail
}

// Unwrap returns kind and cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

// Advice says in one sentence what to do next.
func (e *Error) Advice() string { return advice[e.Kind] }

// Lifetime returns how long the error need not be asked for again.
func (e *Error) Lifetime() time.Duration { return lifetime[e.Kind] }

// Passing reports whether the error says nothing of the repository itself.
func (e *Error) Passing() bool { return errors.Is(e.Kind, ErrUnavailable) }

// noRevision is what git says when the server has no such revision.
var noRevision = pattern.New(`couldn't find remote ref|not our ref|no such remote ref|unadvertised object|bad object`)

// said are the messages of git and of its servers by what they mean, the first that matches counts.
var said = []struct {
	text *pattern.Pattern
	kind error
}{
	{pattern.New(`could not read (Username|Password)|Authentication failed|returned error: 40[13]`), ErrNotPublic},
	{pattern.New(`returned error: 30\d`), ErrMoved},
	{pattern.New(`repository '.*' not found|returned error: (404|410)|is this a git repository|invalid server response|` +
		`dumb http transport|protocol error|unable to parse remote`), ErrNotFound},
	{noRevision, ErrRevision},
	{pattern.New("unknown option .batch-command"), ErrGit}, // before 2.36
	{pattern.New(`fsck error|invalid index-pack output|bad pack header|did not send all necessary objects`), ErrDamaged},
}

// explain makes an error of this package, or of outbound where it refused, of what went wrong.
func explain(ctx context.Context, err error) error {
	var known *Error
	var refused *outbound.RefusedError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &refused):
		return refused
	case ctx.Err() != nil:
		return &Error{Kind: ErrUnavailable, Detail: "it did not answer in time", Cause: err}
	case errors.Is(err, outbound.ErrNoGit):
		return &Error{Kind: ErrGit, Detail: outbound.ErrNoGit.Error(), Cause: err}
	case errors.Is(err, outbound.ErrTooLarge):
		return &Error{Kind: ErrTooLarge, Detail: "its tree takes too much room", Cause: err}
	}
	for _, s := range said {
		if match(err, s.text) {
			return &Error{Kind: s.kind, Detail: err.Error(), Cause: err}
		}
	}
	return &Error{Kind: ErrUnavailable, Detail: err.Error(), Cause: err}
}

// match reports whether git said something.
func match(err error, text *pattern.Pattern) bool {
	var git *outbound.Error
	return errors.As(err, &git) && text.MatchString(git.Stderr)
}

// mentions reports whether git said something.
func mentions(err error, text string) bool {
	var git *outbound.Error
	return errors.As(err, &git) && strings.Contains(git.Stderr, text)
}
