from django.urls import path

from ledger.views import comments, notifications, records, tasks

urlpatterns = [
    path("search/", records.Search.as_view(), name="search"),
    path("records/<slug:kind>/<uuid:pk>/", records.RecordRedirect.as_view(), name="record"),
    path("history/<slug:kind>/<uuid:pk>/", records.History.as_view(), name="history"),
    path("discussion/<slug:kind>/<uuid:pk>/", comments.Discussion.as_view(), name="discussion"),
    path("comments/<uuid:pk>/resolve/", comments.CommentResolve.as_view(), name="comment_resolve"),
    path("comments/<uuid:pk>/reopen/", comments.CommentReopen.as_view(), name="comment_reopen"),
    path("comments/<uuid:pk>/withdraw/", comments.CommentWithdraw.as_view(), name="comment_withdraw"),
    path("tasks/", tasks.TaskList.as_view(), name="tasks"),
    path("tasks/add/", tasks.TaskAdd.as_view(), name="task_add"),
    path("tasks/<uuid:pk>/", tasks.TaskDetail.as_view(), name="task"),
    path("tasks/<uuid:pk>/edit/", tasks.TaskEdit.as_view(), name="task_edit"),
    path("tasks/<uuid:pk>/assign/", tasks.TaskAssign.as_view(), name="task_assign"),
    path("tasks/<uuid:pk>/finish/", tasks.TaskFinish.as_view(), name="task_finish"),
    path("tasks/<uuid:pk>/reopen/", tasks.TaskReopen.as_view(), name="task_reopen"),
    path("tasks/<uuid:pk>/withdraw/", tasks.TaskWithdraw.as_view(), name="task_withdraw"),
    path("notifications/", notifications.NotificationList.as_view(), name="notifications"),
    path("notifications/read/", notifications.ReadAll.as_view(), name="notifications_read"),
    path("notifications/<uuid:pk>/", notifications.Open.as_view(), name="notification"),
    path("notifications/<uuid:pk>/read/", notifications.Read.as_view(), name="notification_read"),
]
