package repo

import "fmt"

// Gap is the reason why a fact is not known. The zero value means that it is known.
type Gap uint8

// The gaps. Late, Limited and Failed pass by themselves: asking again later may help.
const (
	None        Gap = iota // the fact is known
	Unasked                // nobody asked for it
	Unsupported            // the source does not offer it
	Denied                 // the source refuses it to us
	Limited                // a rate limit or budget is used up
	Late                   // it did not arrive in time
	TooLarge               // it exceeds a limit of ours
	Absent                 // it should be there and is missing, as a blob in a partial clone
	Failed                 // the attempt failed
)

var gapText = [...]string{"", "unasked", "unsupported", "denied", "limited", "late", "too-large", "missing", "failed"}

// String returns the gap's name as reports and metrics show it, "" for None.
func (g Gap) String() string {
	if int(g) < len(gapText) {
		return gapText[g]
	}
	return fmt.Sprintf("gap(%d)", uint8(g))
}

// Passing reports whether the same question may be answered a while later.
func (g Gap) Passing() bool { return g == Limited || g == Late || g == Failed }

// Fact is a value that was observed, or the reason why it was not.
// Value is meaningful only if Gap is None. Detail says in a few words what stood in the way.
type Fact[T any] struct {
	Value  T
	Gap    Gap
	Detail string
}

// Known returns the fact that v was observed.
func Known[T any](v T) Fact[T] { return Fact[T]{Value: v} }

// Missing returns the fact that nothing was observed because of g, with a detail for people (it may be empty).
func Missing[T any](g Gap, detail string) Fact[T] { return Fact[T]{Gap: g, Detail: detail} }

// Known reports whether the value was observed.
func (f Fact[T]) Known() bool { return f.Gap == None }
