package forge

import "errors"

// Why there is no snapshot. Every error of Collect that is one of these says by Advice what to do next.
var (
	ErrNotFound    = errors.New("no git repository there")
	ErrNotPublic   = errors.New("not public or not there")
	ErrTooLarge    = errors.New("too large")
	ErrEmpty       = errors.New("no commit yet")
	ErrRevision    = errors.New("no such revision")
	ErrUnavailable = errors.New("not available now")
	ErrDamaged     = errors.New("damaged or incomplete")
)

// Error is why there is no snapshot.
type Error struct {
	Kind   error  // one of the errors above
	Detail string // what was seen, for people
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

var advice = map[error]string{
	ErrNotFound:    "Check the spelling of the address; it must be that of a git repository.",
	ErrNotPublic:   "Check the spelling; a repository that needs an account can be assessed from a local clone.",
	ErrTooLarge:    "Assess a local clone on the command line, or ask the project for a smaller repository.",
	ErrEmpty:       "Ask again when the first commit was pushed to the default branch.",
	ErrRevision:    "Give a tag, a branch or a full commit id that the repository has.",
	ErrUnavailable: "Ask again in some minutes; if it stays so, check that the host can be reached from here.",
	ErrDamaged:     "Run git fsck there, or assess a fresh clone.",
}

// Advice says in one sentence what to do next.
func (e *Error) Advice() string { return advice[e.Kind] }
