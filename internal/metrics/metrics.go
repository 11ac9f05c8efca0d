// Package metrics counts what the service does, in a registry of its own. Labels come from tables only: never a host,
// a repository or the text of an error.
package metrics

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// prefix begins the name of every metric.
const prefix = "misp_csirt_tooling_"

// Outcome is how a query ended.
type Outcome string

// The outcomes.
const (
	Answered  Outcome = "answered"  // with an assessment
	Nothing   Outcome = "nothing"   // the value names no repository
	Choice    Outcome = "choice"    // several repositories may be meant
	Own       Outcome = "own"       // our own output came back
	Refused   Outcome = "refused"   // the host must not be contacted
	Late      Outcome = "late"      // the assessment was not ready at the deadline
	Failed    Outcome = "failed"    // the repository could not be assessed
	Unknown   Outcome = "unknown"   // no such module
	Malformed Outcome = "malformed" // no JSON object, or too large

	Forwarded   Outcome = "forwarded"   // by the server of modules behind
	Unreachable Outcome = "unreachable" // that server did not answer as it should
)

// Outcomes lists every outcome.
var Outcomes = []Outcome{Answered, Nothing, Choice, Own, Refused, Late, Failed, Unknown, Malformed, Forwarded, Unreachable}

// Kind is who asks.
type Kind string

// The kinds of queries.
const (
	Hover      Kind = "hover"      // a pop-up, nothing is saved
	Enrichment Kind = "enrichment" // a person or a client enriches one attribute
	Automatic  Kind = "automatic"  // the enrichment of a whole event, or a workflow
)

// Kinds lists every kind of query.
var Kinds = []Kind{Hover, Enrichment, Automatic}

// Collected is how a collection ended.
type Collected string

// The ends of a collection.
const (
	CollectedWhole   Collected = "whole"   // with a snapshot, which may have gaps
	CollectedRefused Collected = "refused" // the repository cannot be had, for a reason that holds for a while
	CollectedFailed  Collected = "failed"  // otherwise
)

// CollectedResults lists every end of a collection.
var CollectedResults = []Collected{CollectedWhole, CollectedRefused, CollectedFailed}

// CacheResults lists every result of looking a repository up.
var CacheResults = []string{"absent", "held", "stored", "stale"}

// Metrics holds the metrics of one process.
type Metrics struct {
	// Registry is for the metrics of other rooms. Their names begin with misp_csirt_tooling_, too.
	Registry *prometheus.Registry

	queries  *prometheus.CounterVec
	duration *prometheus.HistogramVec
	findings *prometheus.CounterVec
	looked   *prometheus.CounterVec
	ended    *prometheus.CounterVec
	phases   *prometheus.HistogramVec
	asked    *prometheus.CounterVec
	services *prometheus.CounterVec
	granted  *prometheus.GaugeVec
}

// New returns metrics in a registry of their own, with the version and the VCS revision of the program.
func New(version, revision string) *Metrics {
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		queries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: prefix + "queries_total", Help: "Queries, by how they ended and who asked.",
		}, []string{"outcome", "kind"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: prefix + "query_duration_seconds", Help: "Time from the query to its answer, by who asked.",
			Buckets: []float64{.0005, .001, .005, .025, .1, .25, .5, 1, 2, 3, 4.7, 7, 9.5, 30},
		}, []string{"kind"}),
		findings: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: prefix + "findings_total", Help: "Findings of assessments, counted when an object is made of them, by criterion and status.",
		}, []string{"criterion", "status"}),
		looked: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: prefix + "cache_lookups_total", Help: "Look-ups of repositories, by what was known of them.",
		}, []string{"result"}),
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: prefix + "collections_total", Help: "Collections of evidence, by how they ended.",
		}, []string{"result"}),
		phases: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: prefix + "collection_duration_seconds", Help: "Time of collections, by phase: waiting for a turn, and collecting.",
			Buckets: []float64{.01, .05, .1, .25, .5, 1, 2, 4, 8, 15, 30, 60},
		}, []string{"phase"}),
		asked: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: prefix + "forge_requests_total", Help: "Requests to the web APIs of forges, by kind of forge and class of the answer's status.",
		}, []string{"kind", "status"}),
		services: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: prefix + "service_requests_total", Help: "Requests to the services of --evidence, by service and class of the answer's status.",
		}, []string{"service", "status"}),
		granted: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: prefix + "forge_ratelimit_remaining", Help: "Requests that a forge still grants over all tokens, by forge of the configuration.",
		}, []string{"forge"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: prefix + "build_info", Help: "Always 1; the labels tell what runs.",
		ConstLabels: prometheus.Labels{"version": version, "revision": revision},
	})
	build.Set(1)
	m.Registry.MustRegister(m.queries, m.duration, m.findings, m.looked, m.ended, m.phases, m.asked, m.services, m.granted, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, kind := range Kinds {
		m.duration.WithLabelValues(string(kind))
		for _, outcome := range Outcomes {
			m.queries.WithLabelValues(string(outcome), string(kind))
		}
	}
	for _, result := range CacheResults {
		m.looked.WithLabelValues(result)
	}
	for _, result := range CollectedResults {
		m.ended.WithLabelValues(string(result))
	}
	for _, phase := range phases {
		m.phases.WithLabelValues(phase)
	}
	return m
}

// The phases of a collection.
var phases = []string{"wait", "collect"}

// Looked counts the look-up of a repository.
func (m *Metrics) Looked(result string) { m.looked.WithLabelValues(result).Inc() }

// Collection counts a collection that ended.
func (m *Metrics) Collection(result Collected, waited, took time.Duration) {
	m.ended.WithLabelValues(string(result)).Inc()
	m.phases.WithLabelValues(phases[0]).Observe(waited.Seconds())
	m.phases.WithLabelValues(phases[1]).Observe(took.Seconds())
}

// Waiting adds the length of the queue of collections, as length tells it when the metrics are read. It is called once.
func (m *Metrics) Waiting(length func() int) {
	m.Registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: prefix + "collections_waiting", Help: "Collections that wait for their turn.",
	}, func() float64 { return float64(length()) }))
}

// Asked counts a request to the web API of a forge, by the status of the answer, 0 for none. The kind is one of the table of
// forges.
func (m *Metrics) Asked(kind string, status int) { m.asked.WithLabelValues(kind, class(status)).Inc() }

// AskedService counts a request to a service that an operator chose for more evidence, as Asked does. The service is one of the
// table of services, or stands for the sites of projects.
func (m *Metrics) AskedService(service string, status int) {
	m.services.WithLabelValues(service, class(status)).Inc()
}

// class is the label for the status of an answer.
func class(status int) string {
	switch {
	case status == http.StatusNotModified:
		return "unchanged"
	case status >= 100:
		return strconv.Itoa(status/100) + "xx"
	}
	return "none"
}

// Granted notes how many requests a forge still grants. The forge is one of the configuration, not of a query.
func (m *Metrics) Granted(forge string, requests int) {
	m.granted.WithLabelValues(forge).Set(float64(requests))
}

// Query counts one answered query.
func (m *Metrics) Query(kind Kind, outcome Outcome, took time.Duration) {
	m.queries.WithLabelValues(string(outcome), string(kind)).Inc()
	m.duration.WithLabelValues(string(kind)).Observe(took.Seconds())
}

// Finding counts one finding; both names come from the table of criteria.
func (m *Metrics) Finding(criterion, status string) {
	m.findings.WithLabelValues(criterion, status).Inc()
}

// Handler serves the registry in Prometheus' format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{})
}
