// Package metrics counts what the service does, in a registry of its own. Labels come from tables only: never a host,
// a repository or the text of an error.
package metrics

import (
	"net/http"
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
	Own       Outcome = "own"       // our own output came back
	Refused   Outcome = "refused"   // the host must not be contacted
	Late      Outcome = "late"      // the assessment was not ready at the deadline
	Failed    Outcome = "failed"    // the repository could not be assessed
	Unknown   Outcome = "unknown"   // no such module
	Malformed Outcome = "malformed" // no JSON object, or too large
)

// Outcomes lists every outcome.
var Outcomes = []Outcome{Answered, Nothing, Own, Refused, Late, Failed, Unknown, Malformed}

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

// Metrics holds the metrics of one process.
type Metrics struct {
	// Registry is for the metrics of other rooms. Their names begin with misp_csirt_tooling_, too.
	Registry *prometheus.Registry

	queries  *prometheus.CounterVec
	duration *prometheus.HistogramVec
	findings *prometheus.CounterVec
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
			Name: prefix + "findings_total", Help: "Findings of the assessments that were answered, by criterion and status.",
		}, []string{"criterion", "status"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: prefix + "build_info", Help: "Always 1; the labels tell what runs.",
		ConstLabels: prometheus.Labels{"version": version, "revision": revision},
	})
	build.Set(1)
	m.Registry.MustRegister(m.queries, m.duration, m.findings, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, kind := range Kinds {
		m.duration.WithLabelValues(string(kind))
		for _, outcome := range Outcomes {
			m.queries.WithLabelValues(string(outcome), string(kind))
		}
	}
	return m
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
