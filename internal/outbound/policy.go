package outbound

// Policy says which hosts may be contacted.
type Policy struct {
	Hosts []string
	Allow []string
	Any   bool
}

// Remote is a place that may be contacted.
type Remote struct {
	URL    string
	Scheme string
	pin    string
}
