//! The app's values.

use serde_json::json;
use time::Duration;
use tower_sessions_core::session::{Id, Record};

use super::{
    bench::{ValuesBench, at_once},
    cases,
};
use crate::seams::{Clock as _, SystemRandom, fresh_bytes};

cases!(ValuesBench:
    a_created_record_is_loaded_as_it_is,
    a_save_changes_what_is_there,
    a_save_brings_nothing_back,
    a_save_during_the_delete_brings_nothing_back,
    a_taken_id_is_replaced,
    a_record_ends_at_its_time,
    a_save_moves_the_end,
    records_do_not_touch_each_other,
);

impl ValuesBench {
    fn record(&self) -> Record {
        let data = [
            ("text", json!("ä \"quoted\" \0 🦀")),
            ("number", json!(18_446_744_073_709_551_615_u64)),
            ("float", json!(0.1)),
            ("nested", json!({ "list": [1, null, true, {}], "": [] })),
        ];
        Record {
            id: Id(i128::from_le_bytes(fresh_bytes(&SystemRandom))),
            data: data.map(|(key, value)| (key.to_owned(), value)).into(),
            expiry_date: self.clock.now() + Duration::HOUR,
        }
    }

    async fn created(&self) -> Record {
        let mut record = self.record();
        let created = self.store.create(&mut record).await;
        created.expect("the store answers");
        record
    }

    async fn save(&self, record: &Record) {
        let saved = self.store.save(record).await;
        saved.expect("the store answers");
    }

    async fn load(&self, id: &Id) -> Option<Record> {
        self.store.load(id).await.expect("the store answers")
    }

    async fn delete(&self, id: &Id) {
        let deleted = self.store.delete(id).await;
        deleted.expect("the store answers");
    }
}

async fn a_created_record_is_loaded_as_it_is(bench: ValuesBench) {
    for id in [None, Some(Id(-1)), Some(Id(i128::MIN)), Some(Id(0))] {
        let mut record = bench.record();
        if let Some(id) = id {
            bench.delete(&id).await;
            record.id = id;
        }
        let created = bench.store.create(&mut record).await;
        created.expect("the store answers");
        assert_eq!(bench.load(&record.id).await, Some(record));
    }
}

async fn a_save_changes_what_is_there(bench: ValuesBench) {
    let mut record = bench.created().await;
    record.data = [("only".to_owned(), json!(2))].into();
    bench.save(&record).await;
    assert_eq!(bench.load(&record.id).await, Some(record));
}

async fn a_save_brings_nothing_back(bench: ValuesBench) {
    let deleted = bench.created().await;
    bench.delete(&deleted.id).await;
    bench.save(&deleted).await;
    assert_eq!(bench.load(&deleted.id).await, None, "deleted");
    let unknown = bench.record();
    bench.save(&unknown).await;
    assert_eq!(bench.load(&unknown.id).await, None, "never created");
    let mut expired = bench.created().await;
    bench.clock.advance(Duration::HOUR);
    expired.expiry_date += Duration::HOUR;
    bench.save(&expired).await;
    assert_eq!(bench.load(&expired.id).await, None, "expired");
}

async fn a_save_during_the_delete_brings_nothing_back(bench: ValuesBench) {
    for _ in 0..16 {
        let record = bench.created().await;
        at_once(8, |number| {
            let (bench, record) = (bench.clone(), record.clone());
            async move {
                if number == 0 {
                    bench.delete(&record.id).await;
                } else {
                    bench.save(&record).await;
                }
            }
        })
        .await;
        assert_eq!(bench.load(&record.id).await, None);
    }
}

async fn a_taken_id_is_replaced(bench: ValuesBench) {
    let first = bench.created().await;
    let records = at_once(8, |_| {
        let bench = bench.clone();
        let mut record = bench.record();
        record.id = first.id;
        async move {
            let created = bench.store.create(&mut record).await;
            created.expect("the store answers");
            record
        }
    })
    .await;
    assert_eq!(bench.load(&first.id).await, Some(first), "untouched");
    let mut ids: Vec<_> = records.iter().map(|record| record.id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 8, "each got its own");
    for record in records {
        assert_eq!(bench.load(&record.id).await, Some(record));
    }
}

async fn a_record_ends_at_its_time(bench: ValuesBench) {
    let record = bench.created().await;
    bench.clock.advance(Duration::HOUR - Duration::SECOND);
    assert!(bench.load(&record.id).await.is_some());
    bench.clock.advance(Duration::SECOND);
    assert_eq!(bench.load(&record.id).await, None);
}

async fn a_save_moves_the_end(bench: ValuesBench) {
    let mut record = bench.created().await;
    record.expiry_date += Duration::HOUR;
    bench.save(&record).await;
    bench.clock.advance(Duration::HOUR * 2 - Duration::SECOND);
    assert!(bench.load(&record.id).await.is_some());
    bench.clock.advance(Duration::SECOND);
    assert_eq!(bench.load(&record.id).await, None);
}

async fn records_do_not_touch_each_other(bench: ValuesBench) {
    let (one, other) = (bench.created().await, bench.created().await);
    bench.delete(&one.id).await;
    bench.delete(&one.id).await;
    assert_eq!(bench.load(&other.id).await, Some(other));
}
