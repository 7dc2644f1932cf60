// Package queue holds pages that wait for the press.
package queue

import "errors"

// Capacity is the number of pages that may wait; the RIP has memory for no more.
const Capacity = 512

// ErrFull is returned by Push when the queue holds Capacity pages.
var ErrFull = errors.New("queue: full")

// Drain removes all pages and returns them, oldest first.
func (q *Queue) Drain() []Page {
	pages := q.pages
	q.pages = nil
	return pages
}
