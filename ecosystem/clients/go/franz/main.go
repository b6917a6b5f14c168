// franz-go: administration, idempotent producing, a group, and exactly-once from one topic to another.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	source  = "franz-source"
	target  = "franz-target"
	records = 2000
)

var bootstrap = os.Args[1]

func check(err error, what string) {
	if err != nil {
		log.Fatalf("%s: %v", what, err)
	}
}

func client(options ...kgo.Opt) *kgo.Client {
	made, err := kgo.NewClient(append(options, kgo.SeedBrokers(bootstrap))...)
	check(err, "client")
	return made
}

func produce(ctx context.Context) {
	producer := client(kgo.DefaultProduceTopic(source))
	defer producer.Close()
	_, err := kadm.NewClient(producer).CreateTopics(ctx, 3, -1, nil, source, target)
	check(err, "create topics")
	var batch []*kgo.Record
	for i := range records {
		batch = append(batch, kgo.KeyStringRecord(fmt.Sprint(i), fmt.Sprint("value ", i)))
	}
	check(producer.ProduceSync(ctx, batch...).FirstErr(), "produce")
}

// Copies everything, a transaction for each poll; aborts some of them on purpose.
func transform(ctx context.Context) {
	session, err := kgo.NewGroupTransactSession(
		kgo.SeedBrokers(bootstrap),
		kgo.TransactionalID("franz"),
		kgo.ConsumerGroup("franz-copier"),
		kgo.ConsumeTopics(source),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.RequireStableFetchOffsets(),
	)
	check(err, "session")
	defer session.Close()
	for copied, round := 0, 0; copied < records; round++ {
		fetches := session.PollRecords(ctx, 300)
		check(fetches.Err(), "poll")
		check(session.Begin(), "begin")
		fetches.EachRecord(func(r *kgo.Record) {
			session.Produce(ctx, &kgo.Record{Topic: target, Key: r.Key, Value: r.Value}, nil)
		})
		end := kgo.TryCommit
		if round%3 == 1 {
			end = kgo.TryAbort
		}
		committed, err := session.End(ctx, end)
		check(err, "end")
		if committed {
			copied += fetches.NumRecords()
		}
	}
}

func read(ctx context.Context) {
	reader := client(
		kgo.ConsumerGroup("franz-reader"),
		kgo.ConsumeTopics(target),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
	)
	defer reader.Close()
	seen := map[string]int{}
	for len(seen) < records {
		fetches := reader.PollFetches(ctx)
		check(fetches.Err(), "read")
		fetches.EachRecord(func(r *kgo.Record) { seen[string(r.Key)]++ })
	}
	for key, times := range seen {
		if times != 1 {
			log.Fatalf("record %s is there %d times", key, times)
		}
	}
	check(reader.CommitUncommittedOffsets(ctx), "commit")
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	produce(ctx)
	transform(ctx)
	read(ctx)
	fmt.Println("franz-go: every record once")
}
