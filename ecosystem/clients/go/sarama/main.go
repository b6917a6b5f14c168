// sarama: administration, idempotent and transactional producing, a group.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/IBM/sarama"
)

const (
	topic   = "sarama"
	records = 1000
)

var brokers = []string{os.Args[1]}

func check(err error, what string) {
	if err != nil {
		log.Fatalf("%s: %v", what, err)
	}
}

func config() *sarama.Config {
	made := sarama.NewConfig()
	made.Version = sarama.MaxVersion
	made.Producer.Idempotent = true
	made.Producer.RequiredAcks = sarama.WaitForAll
	made.Producer.Return.Successes = true
	made.Net.MaxOpenRequests = 1
	made.Consumer.Offsets.Initial = sarama.OffsetOldest
	made.Consumer.IsolationLevel = sarama.ReadCommitted
	return made
}

func create() {
	admin, err := sarama.NewClusterAdmin(brokers, config())
	check(err, "admin")
	defer admin.Close()
	check(admin.CreateTopic(topic, &sarama.TopicDetail{NumPartitions: 3, ReplicationFactor: -1}, false), "create")
}

// Sends records from..to in one transaction.
func transaction(producer sarama.SyncProducer, from, to int, commit bool) {
	check(producer.BeginTxn(), "begin")
	var batch []*sarama.ProducerMessage
	for i := from; i < to; i++ {
		batch = append(batch, &sarama.ProducerMessage{
			Topic: topic, Key: sarama.StringEncoder(fmt.Sprint(i)), Value: sarama.StringEncoder("value"),
		})
	}
	check(producer.SendMessages(batch), "send")
	if commit {
		check(producer.CommitTxn(), "commit")
	} else {
		check(producer.AbortTxn(), "abort")
	}
}

func produce() {
	transactional := config()
	transactional.Producer.Transaction.ID = "sarama"
	producer, err := sarama.NewSyncProducer(brokers, transactional)
	check(err, "producer")
	defer producer.Close()
	transaction(producer, 0, records/2, true)
	transaction(producer, records/2, records, false)
	transaction(producer, records/2, records, true)
}

// A member of a group that ends when it has seen everything.
type member struct {
	seen chan string
}

func (m member) Setup(sarama.ConsumerGroupSession) error   { return nil }
func (m member) Cleanup(sarama.ConsumerGroupSession) error { return nil }
func (m member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for {
		select {
		case message := <-claim.Messages():
			if message == nil {
				return nil
			}
			session.MarkMessage(message, "")
			select {
			case m.seen <- string(message.Key):
			case <-session.Context().Done():
				return nil
			}
		case <-session.Context().Done():
			return nil
		}
	}
}

func read() {
	group, err := sarama.NewConsumerGroup(brokers, "sarama", config())
	check(err, "group")
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	reader := member{make(chan string)}
	ended := make(chan error)
	go func() { ended <- group.Consume(ctx, []string{topic}, reader) }()
	seen := map[string]int{}
	for len(seen) < records {
		select {
		case key := <-reader.seen:
			seen[key]++
		case err := <-ended:
			log.Fatalf("the group ended with %d records: %v", len(seen), err)
		}
	}
	cancel()
	for key, times := range seen {
		if times != 1 {
			log.Fatalf("record %s is there %d times", key, times)
		}
	}
	<-ended
	check(group.Close(), "close")
}

func main() {
	create()
	produce()
	read()
	fmt.Println("sarama: every record once")
}
