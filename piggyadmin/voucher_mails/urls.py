"""Addresses of mails with vouchers; each belongs to the bulk run that made them."""

from django.urls import path

from piggyadmin.voucher_mails import views

app_name = "voucher_mails"
urlpatterns = [
    path("<number:pk>/", views.MailingPage.as_view(), name="mailing"),
    path("<number:pk>/text/", views.WriteText.as_view(), name="text"),
    path("<number:pk>/test/", views.SendTestMail.as_view(), name="test"),
    path("<number:pk>/send/", views.SendMails.as_view(), name="send"),
    path("<number:pk>/steer/", views.SteerMailing.as_view(), name="steer"),
    path("<number:pk>/vouchers.csv", views.VouchersFile.as_view(), name="file"),
]
