from django.urls import path

from ledger import views

urlpatterns = [
    path("search/", views.Search.as_view(), name="search"),
    path("records/<slug:kind>/<uuid:pk>/", views.RecordRedirect.as_view(), name="record"),
    path("history/<slug:kind>/<uuid:pk>/", views.History.as_view(), name="history"),
]
