//! How the ids of [`crate::id`] travel to and from BIGINT columns.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{BigInt, Nullable, SingleValue};

use crate::id::{
    AbsenceId, AccountId, ActivityId, AnnouncementId, ApplicationId, AttachmentId, CollectionId,
    CollectionItemId, ConversationId, EmojiId, FilterId, FilterKeywordId, FilterStatusId, FollowId,
    InboxId, InviteId, JobId, LinkId, ListId, NotificationId, NotificationRequestId, PublisherId,
    PushId, ReceiptId, RefreshId, ScheduledId, SessionId, StatusId, SubscriptionId, TagId, TokenId,
};

macro_rules! bigint_ids {
    ($($name:ident),*) => {$(
        impl<DB: Backend> FromSql<BigInt, DB> for $name
        where
            i64: FromSql<BigInt, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                i64::from_sql(bytes).map(Self)
            }
        }

        impl<DB: Backend> ToSql<BigInt, DB> for $name
        where
            i64: ToSql<BigInt, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.0.to_sql(out)
            }
        }

        impl<DB: Backend> ToSql<Nullable<BigInt>, DB> for $name
        where
            i64: ToSql<BigInt, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.0.to_sql(out)
            }
        }

        impl<ST: SingleValue, DB: Backend> Queryable<ST, DB> for $name
        where
            Self: FromSql<ST, DB>,
        {
            type Row = Self;

            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }

        bigint_ids!(@expression $name, $name);
        bigint_ids!(@expression &'expr $name, $name);
        bigint_ids!(@expression &'expr &'expr $name, $name);
    )*};
    (@expression $type:ty, $name:ident) => {
        impl<'expr> AsExpression<BigInt> for $type {
            type Expression = Bound<BigInt, Self>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl<'expr> AsExpression<Nullable<BigInt>> for $type {
            type Expression = Bound<Nullable<BigInt>, Self>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
    };
}

bigint_ids!(
    AbsenceId,
    AnnouncementId,
    EmojiId,
    CollectionId,
    CollectionItemId,
    AccountId,
    ActivityId,
    ApplicationId,
    AttachmentId,
    ConversationId,
    FilterId,
    FilterKeywordId,
    FilterStatusId,
    FollowId,
    InboxId,
    InviteId,
    JobId,
    ListId,
    NotificationId,
    NotificationRequestId,
    PushId,
    ReceiptId,
    RefreshId,
    ScheduledId,
    SessionId,
    StatusId,
    SubscriptionId,
    TagId,
    LinkId,
    PublisherId,
    TokenId
);
