//! Large bytes are kept by their hash, for one tenant.

use sha2::{Digest as _, Sha256};

use crate::support::{TestDb, org};

#[tokio::test]
async fn bytes_are_found_by_their_hash_by_their_tenant_only() {
    let db = TestDb::new().await;
    let (store, mine, other) = (db.store(), org(), org());
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let hash = store.put_blob(mine, &bytes).await.unwrap();
    assert_eq!(hash, <[u8; 32]>::from(Sha256::digest(&bytes)));
    assert_eq!(store.blob(mine, &hash).await.unwrap().as_deref(), Some(&bytes[..]));
    assert_eq!(store.blob(other, &hash).await.unwrap(), None);
    assert_eq!(store.blob(mine, &[0; 32]).await.unwrap(), None);

    assert_eq!(store.put_blob(mine, &bytes).await.unwrap(), hash);
    assert_eq!(db.count("blobs").await, 1);
    assert_eq!(store.put_blob(other, &bytes).await.unwrap(), hash);
    assert_eq!(db.count("blobs").await, 2);
    let empty = store.put_blob(mine, b"").await.unwrap();
    assert_eq!(store.blob(mine, &empty).await.unwrap(), Some(Vec::new()));
}
