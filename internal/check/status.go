package check

import "fmt"

// Status is the verdict of one check. The zero value is Unknown: nothing is claimed until something was seen.
type Status uint8

// The statuses.
const (
	Unknown       Status = iota // the evidence could not be had; never counted as 0
	Unmet                       // the place where it would stand was read, and it is not there
	Partial                     // a real part of it is there
	Met                         // the evidence shows that the practice is followed
	NotApplicable               // the practice has no object here
)

var statusText = [...]string{"unknown", "unmet", "partial", "met", "not-applicable"}

// String returns the status as machine tags, object values and metric labels spell it.
func (s Status) String() string {
	if int(s) < len(statusText) {
		return statusText[s]
	}
	return fmt.Sprintf("status(%d)", uint8(s))
}

// ParseStatus returns the status that String spells as text.
func ParseStatus(text string) (Status, bool) {
	for i, t := range statusText {
		if t == text {
			return Status(i), true
		}
	}
	return Unknown, false
}

// Judged reports whether the status counts in a score: it is neither Unknown nor NotApplicable.
func (s Status) Judged() bool { return s == Unmet || s == Partial || s == Met }
