//! What changes together: each script touches one key only, so a cluster can run it, and a node
//! that dies between two of them leaves nothing half-done inside one.

use std::sync::LazyLock;

use redis::Script;

macro_rules! scripts {
    ($($name:ident = $($file:literal)+;)*) => {$(
        pub(crate) static $name: LazyLock<Script> = LazyLock::new(|| {
            Script::new(concat!(include_str!("scripts/now.lua"), $(include_str!(concat!("scripts/", $file))),+))
        });
    )*};
}

scripts! {
    LOAD = "load.lua";
    PUT_NEW = "login.lua" "put_new.lua";
    PUT_AT = "login.lua" "put_at.lua";
    TOUCH = "login.lua" "touch.lua";
    END = "login.lua" "end.lua";
    END_INDEXED = "login.lua" "end_indexed.lua";
    LEASE = "login.lua" "lease.lua";
    RELEASE = "release.lua";
    LOOK = "look.lua";
    INDEX_ADD = "index.lua" "index_add.lua";
    INDEX_END = "index.lua" "index_end.lua";
    INDEX_LIST = "index.lua" "index_list.lua";
    FOLLOW = "follow.lua";
    FOLLOWERS = "followers.lua";
    CLAIM = "claim.lua";
    VALUES_LOAD = "values.lua" "values_load.lua";
    VALUES_CREATE = "values.lua" "values_create.lua";
    VALUES_SAVE = "values.lua" "values_save.lua";
}
