package check

import "sync"

// once keeps values by keys, each computed once for all who ask. It is safe for concurrent use; the zero value is empty.
type once[K comparable, V any] struct{ values sync.Map }

// get returns the value of a key. What compute returns for a key must not depend on who asks, and it must not ask for the
// same key itself.
func (o *once[K, V]) get(key K, compute func() V) V {
	value, ok := o.values.Load(key)
	if !ok {
		value, _ = o.values.LoadOrStore(key, sync.OnceValue(compute))
	}
	return value.(func() V)()
}
